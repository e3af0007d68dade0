import { expect, test } from 'vitest'
import { acknowledgeLinkOf } from './acknowledge-link.ts'
import type { Acknowledgeable, NotificationItem } from './notification.ts'

const disk: NotificationItem = {
  ...{ status: 'firing', severity: 'critical', key: ['db-1'], summary: 's', since: 1, at: 1, alert: 'a-1' },
}
const other: NotificationItem = { ...disk, key: ['db-2'], alert: 'a-2' }
const over = { status: 'resolved' } as const
const notification = { id: 'm-1', destination: 'ops', rule: 'disk full', at: 1 }
const linkTo = (what: Acknowledgeable) => JSON.stringify(what)

test.each<[string, readonly NotificationItem[], { name: string; target: string } | undefined]>([
  ['of one alert', [disk], { name: 'Acknowledge', target: '{"alert":"a-1"}' }],
  [
    'of one that is stale',
    [{ ...disk, status: 'stale' }],
    { name: 'Acknowledge', target: '{"alert":"a-1"}' },
  ],
  ['of several', [disk, other], { name: 'Acknowledge all 2', target: '{"message":"m-1"}' }],
  [
    'of one among those that are over',
    [disk, { ...other, ...over }],
    { name: 'Acknowledge', target: '{"alert":"a-1"}' },
  ],
  [
    'of one that is told of twice',
    [disk, { ...disk, at: 2 }],
    { name: 'Acknowledge', target: '{"alert":"a-1"}' },
  ],
  [
    'of what is over',
    [
      { ...disk, ...over },
      { ...other, status: 'blip' },
    ],
    undefined,
  ],
  ['of one whose id is not known', [{ ...disk, alert: undefined }], undefined],
])('the link in a message %s', (_, items, link) => {
  expect(acknowledgeLinkOf({ ...notification, items }, linkTo)).toEqual(link)
  expect(acknowledgeLinkOf({ ...notification, items }, () => undefined)).toBeUndefined()
  expect(acknowledgeLinkOf({ ...notification, items }, undefined)).toBeUndefined()
})
