import { pipe } from 'rxjs'
import { expect, test } from 'vitest'
import { Rig } from '../rules/rig.fixture.ts'
import { publish } from './publish.ts'

test('publish sends the event to all rules once its cause has been through them, and passes the original on', () => {
  const rig = new Rig((rig) => [
    {
      match: { state: 'in' },
      stream: pipe(
        publish((e) => ({ ...e, state: 'made' })),
        rig.note('passed on'),
      ),
    },
    { stream: rig.note('heard') },
  ])
  rig.send(1, { host: 'a', state: 'in' })
  expect(rig.seen).toEqual(['1 passed on a in', '1 heard a in', '1 heard a made'])
})

test('publish without a function sends the event itself; with one that gives nothing it sends nothing', () => {
  const rig = new Rig((rig) => [
    {
      match: { host: 'again' },
      stream: publish((e) => (e.state === 'x' ? undefined : { ...e, state: 'x' })),
    },
    { match: { host: 'once', tagged: 'new' }, stream: publish() },
    { stream: rig.note() },
  ])
  rig.send(1, { host: 'again' })
  expect(rig.seen).toEqual(['1 again', '1 again x'])
  rig.send(2, { host: 'once', tags: ['new'] })
  // It matches the rule that published it: that goes on for eight hops.
  expect(rig.seen.filter((line) => line === '2 once')).toHaveLength(9)
})

test('what makes the event throws: nothing is sent, nor passed on', () => {
  const rig = new Rig((rig) => [
    {
      stream: pipe(
        publish(() => {
          throw new Error('broken')
        }),
        rig.note(),
      ),
    },
  ])
  rig.send(1, {})
  expect([rig.seen, rig.failures]).toEqual([[], ["rule 'rule 1', publish: broken"]])
})

test('publish with a topic tells those who are subscribed, and no rule', () => {
  const rig = new Rig((rig) => [
    { match: { state: 'slow' }, stream: pipe(publish('slow requests'), rig.note('passed on')) },
    { stream: rig.note('heard') },
  ])
  const told: string[] = []
  rig.fold.told = (topic, event) => void told.push(`${topic}: ${event.host}`)
  rig.send(1, { host: 'a', state: 'slow' }, { host: 'b', state: 'ok' })
  expect(told).toEqual(['slow requests: a'])
  expect(rig.seen).toEqual(['1 passed on a slow', '1 heard a slow', '1 heard b ok'])
})

test.each([
  ['', 'its topic needs a name'],
  ['index', "the topic 'index' carries what the index gets"],
])('publish(%j) is refused', (topic, problem) => {
  expect(() => publish(topic)).toThrow(problem)
})
