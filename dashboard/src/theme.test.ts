import { expect, test } from 'vitest'
import { createTheme, type ThemeIo } from './theme.ts'

function stage(prefersDark: boolean, kept?: string, broken = false) {
  const store = new Map(kept === undefined ? [] : [['weir-theme', kept]])
  const listeners: (() => void)[] = []
  const system = {
    matches: prefersDark,
    addEventListener: (_: string, run: () => void) => void listeners.push(run),
  }
  const refuse = (): never => {
    throw new Error('forbidden')
  }
  const dataset: Record<string, string> = {}
  const io: ThemeIo = {
    storage: {
      getItem: (key: string) => (broken ? refuse() : (store.get(key) ?? null)),
      setItem: (key: string, value: string) => (broken ? refuse() : void store.set(key, value)),
      removeItem: (key: string) => (broken ? refuse() : void store.delete(key)),
    },
    root: { dataset },
    prefersDark: system,
  }
  const page = createTheme(io)
  return {
    ...page,
    seen: () => [page.theme(), dataset.theme, store.get('weir-theme')],
    systemTurns(dark: boolean) {
      system.matches = dark
      for (const run of listeners) run()
    },
  }
}

test('follows the system until the other theme is chosen, and again when the system’s is', () => {
  const page = stage(false)
  expect(page.seen()).toEqual(['light', undefined, undefined])
  page.systemTurns(true)
  expect(page.seen()).toEqual(['dark', undefined, undefined])
  page.toggle()
  expect(page.seen()).toEqual(['light', 'light', 'light'])
  page.systemTurns(false)
  page.systemTurns(true)
  expect(page.seen()).toEqual(['light', 'light', 'light'])
  page.toggle()
  expect(page.seen()).toEqual(['dark', undefined, undefined])
})

test.each([
  [false, 'dark', 'dark'],
  [true, 'light', 'light'],
  [true, 'pink', 'dark'],
])('with a system that is dark: %s and %s remembered it is %s', (prefersDark, kept, theme) => {
  expect(stage(prefersDark, kept).theme()).toBe(theme)
})

test('works where storage is forbidden', () => {
  const page = stage(false, undefined, true)
  page.toggle()
  expect(page.theme()).toBe('dark')
})
