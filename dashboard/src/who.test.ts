import { expect, test } from 'vitest'
import { createWho } from './who.ts'

test('a name is remembered', () => {
  const kept = new Map<string, string>()
  const storage = {
    getItem: (key: string) => kept.get(key) ?? null,
    setItem: (key: string, value: string) => void kept.set(key, value),
  }
  const who = createWho(storage)
  expect(who.name()).toBe('')
  who.remember('kim')
  expect([who.name(), createWho(storage).name()]).toEqual(['kim', 'kim'])
})

test('where nothing is, it holds until the page is left', () => {
  const forbidden = () => {
    throw new DOMException('no', 'SecurityError')
  }
  const who = createWho({ getItem: forbidden, setItem: forbidden })
  who.remember('kim')
  expect(who.name()).toBe('kim')
})
