import { expect, test } from 'vitest'
import { oneAtATime } from './one-at-a-time.ts'

test('one after the other; those that ask while one waits get what comes of it; a failure is theirs alone', async () => {
  const begun: number[] = []
  const ends: ((value: string) => void)[] = []
  const ask = oneAtATime(() => {
    const number = begun.push(ends.length)
    return new Promise<string>((resolve, reject) => {
      ends.push((how) => (how === 'fails' ? reject(new Error(how)) : resolve(`${how} ${number}`)))
    })
  })
  const first = ask()
  await Promise.resolve()
  expect(begun).toHaveLength(1)
  const [second, third] = [ask(), ask()]
  await Promise.resolve()
  expect(begun).toHaveLength(1)
  ends[0]?.('fails')
  await expect(first).rejects.toThrow('fails')
  await expect.poll(() => begun.length).toBe(2)
  const settled = ask.settled()
  ends[1]?.('done')
  expect(await Promise.all([second, third])).toEqual(['done 2', 'done 2'])
  await settled
  expect(begun).toHaveLength(2)
})
