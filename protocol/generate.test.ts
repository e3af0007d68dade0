import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { generate } from './generate.ts'

test('the generated files are those of riemann.proto; if not: npm run generate', () => {
  const dir = mkdtempSync(join(tmpdir(), 'weir-generated-'))
  onTestFinished(() => rmSync(dir, { recursive: true }))
  generate(dir)
  for (const file of ['riemann.js', 'riemann.d.ts'])
    expect(readFileSync(join(import.meta.dirname, 'src', file), 'utf8'), file).toBe(
      readFileSync(join(dir, file), 'utf8'),
    )
})
