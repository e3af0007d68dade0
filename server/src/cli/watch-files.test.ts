import { rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { TestWall } from '../clock/test-wall.ts'
import { temporaryDirectory } from '../journal/journal.fixture.ts'
import { watchFiles } from './watch-files.ts'

const BOM = '\uFEFF'

test.each([
  { what: 'that is as it was loaded', loaded: 'one', now: 'one', changes: 0 },
  {
    what: 'with a byte order mark, which a loaded text has not',
    loaded: 'one',
    now: `${BOM}one`,
    changes: 0,
  },
  { what: 'that was changed before it was followed', loaded: 'one', now: 'two', changes: 1 },
  { what: 'that was removed before it was followed', loaded: 'one', now: undefined, changes: 1 },
])('a file $what', async ({ loaded, now, changes }) => {
  const [home, elsewhere] = [temporaryDirectory(), temporaryDirectory()]
  const wall = new TestWall(0)
  let changed = 0
  const watch = watchFiles({
    file: join(home, 'weir.config.ts'),
    wall,
    changed: () => {
      changed += 1
    },
    log: () => {},
  })
  onTestFinished(() => watch.close())
  const path = join(elsewhere, 'limit.ts')
  writeFileSync(path, now ?? '')
  if (now === undefined) rmSync(path)
  watch.follow(new Map([[path, loaded]]))
  await wall.advance(1000)
  expect(changed).toBe(changes)
})
