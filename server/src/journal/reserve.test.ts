import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { temporaryDirectory } from './journal.fixture.ts'
import { RESERVE_BYTES, Reserve } from './reserve.ts'

const MIB = 1024 * 1024

describe('the reserve', () => {
  test.each([1, MIB - 1, MIB, 2 * MIB + 1])('of %i bytes takes that room on disk', (bytes) => {
    const path = join(temporaryDirectory(), 'reserve')
    expect(new Reserve(path, bytes).hold()).toBe(true)
    const { size, blocks, mode } = statSync(path)
    expect(size).toBe(bytes)
    // What was only sized, or written as zeros that the filesystem leaves out, takes none.
    expect(blocks * 512).toBeGreaterThanOrEqual(bytes)
    expect(mode & 0o777).toBe(0o600)
  })

  test('is 16 MiB unless told otherwise', () => {
    const path = join(temporaryDirectory(), 'reserve')
    new Reserve(path).hold()
    expect(statSync(path).size).toBe(RESERVE_BYTES)
    expect(RESERVE_BYTES).toBe(16 * MIB)
  })

  test('that is there is left as it is; one that is too small, after a kill or an upgrade, is made anew', () => {
    const path = join(temporaryDirectory(), 'reserve')
    const reserve = new Reserve(path, 3 * MIB)
    reserve.hold()
    const { mtimeMs } = statSync(path)
    expect(reserve.hold()).toBe(true)
    expect(statSync(path).mtimeMs).toBe(mtimeMs)
    writeFileSync(path, 'half')
    expect(reserve.hold()).toBe(true)
    expect(statSync(path).size).toBe(3 * MIB)
  })

  test('is given back, and giving it back twice is no matter', () => {
    const path = join(temporaryDirectory(), 'reserve')
    const reserve = new Reserve(path, MIB)
    reserve.hold()
    reserve.release()
    reserve.release()
    expect(existsSync(path)).toBe(false)
    expect(reserve.hold()).toBe(true)
  })

  test('that there is no room for leaves nothing behind', () => {
    const limited = (text: string) =>
      `ulimit -f 1; trap '' XFSZ; exec "$0" --input-type=module -e '${text}' "$1"`
    const path = join(temporaryDirectory(), 'reserve')
    const url = new URL('./reserve.ts', import.meta.url).href
    const program = `
      import { Reserve } from ${JSON.stringify(url)}
      console.log(new Reserve(process.argv[1], ${2 * MIB}).hold())`
    const { stdout, stderr } = spawnSync('sh', ['-c', limited(program), process.execPath, path], {
      encoding: 'utf8',
    })
    expect([stdout, stderr]).toEqual(['false\n', ''])
    expect(existsSync(path)).toBe(false)
  })

  test('whose directory is not there is not held', () => {
    const dir = temporaryDirectory()
    const reserve = new Reserve(join(dir, 'missing', 'reserve'), MIB)
    expect(reserve.hold()).toBe(false)
    mkdirSync(join(dir, 'missing'))
    expect(reserve.hold()).toBe(true)
  })
})
