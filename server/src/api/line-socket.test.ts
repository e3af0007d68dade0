import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { connect, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { expect, onTestFinished, test } from 'vitest'
import { listenLines } from './line-socket.ts'

function place(): string {
  const dir = mkdtempSync(join(tmpdir(), 'weir-line-'))
  onTestFinished(() => rmSync(dir, { recursive: true }))
  return join(dir, 'a.sock')
}

async function listening(answer: (command: unknown) => Promise<unknown>): Promise<string> {
  const path = place()
  const socket = await listenLines(path, answer)
  onTestFinished(() => socket.close())
  return path
}

/** Says all, closes its side, and gives what was answered. */
async function say(path: string, ...parts: readonly string[]): Promise<readonly string[]> {
  const socket: Socket = connect({ path, allowHalfOpen: true })
  for (const part of parts) socket.write(part)
  socket.end()
  return (await text(socket)).split('\n').slice(0, -1)
}

const echo = async (command: unknown) => ({ heard: command })

test.each<[string, readonly string[], readonly string[]]>([
  ['a command', ['{"a": 1}\n'], ['{"heard":{"a":1}}']],
  ['several at once, in order', ['1\n2\n3\n'], ['{"heard":1}', '{"heard":2}', '{"heard":3}']],
  ['one in pieces', ['{"a"', ': 1', '}\n'], ['{"heard":{"a":1}}']],
  [
    'no JSON, and the next',
    ['what?\n1\n'],
    [expect.stringContaining('{"error":"Unexpected token'), '{"heard":1}'],
  ],
  ['a line that does not end', ['1\n', '2'], ['{"heard":1}']],
  ['a line without end', ['x'.repeat(70_000), '\n1\n'], [expect.stringContaining('a line of more than')]],
  ['nothing', [], []],
])('%s', async (_, parts, answers) => {
  expect(await say(await listening(echo), ...parts)).toEqual(answers)
})

test('what fails is said, and the next command is heard', async () => {
  const path = await listening(async (command) => {
    if (command === 1) throw new Error('not now')
    return 'fine'
  })
  expect(await say(path, '1\n2\n')).toEqual(['{"error":"not now"}', '"fine"'])
})

test('only its user can open it, and it takes the place of what a killed process left', async () => {
  const path = place()
  writeFileSync(path, '')
  const socket = await listenLines(path, echo)
  expect(statSync(path).mode & 0o777).toBe(0o600)
  expect(await say(path, '1\n')).toEqual(['{"heard":1}'])
  await socket.close()
  expect(() => statSync(path)).toThrow()
})

test('closing does not wait for those who are connected', async () => {
  const path = place()
  const socket = await listenLines(path, echo)
  const idle = connect(path)
  const closed = new Promise((resolve) => idle.on('close', resolve))
  await new Promise((resolve) => idle.on('connect', resolve))
  await socket.close()
  await closed
})
