import { type FSWatcher, readFileSync, realpathSync, watch } from 'node:fs'
import { basename, dirname, sep } from 'node:path'
import type { Wall } from '../clock/wall.ts'
import { messageOf } from '../errors.ts'

/** How long after a change it is waited for further ones. */
const BURST_MS = 300

/** Notices changes of a configuration's files. */
export interface FileWatch {
  /**
   * From now on these files count, wherever they are; those of before that are elsewhere do not any more. They come with
   * the texts that were loaded: where another one stands on disk by now, that is a change, too.
   */
  follow(files: ReadonlyMap<string, string>): void
  close(): void
}

/**
 * Calls `changed` once a burst of changes is over: to TypeScript files beside or below the configuration, and to the
 * files that are followed. Where something can't be watched, `log` hears of it.
 */
export function watchFiles(options: {
  readonly file: string
  readonly wall: Wall
  readonly changed: () => void
  readonly log: (line: string) => void
}): FileWatch {
  const { file, wall, changed, log } = options
  const home = realpathSync(dirname(file)) + sep
  const elsewhere = new Map<string, { readonly watcher: FSWatcher; names: ReadonlySet<string> }>()
  let cancel = () => {}
  const burst = () => {
    cancel()
    cancel = wall.after(BURST_MS, changed)
  }
  const said = (folder: string) => (error: unknown) =>
    log(`--watch does not see ${folder} any more: ${messageOf(error)}`)
  const whole = watch(home, { recursive: true }, (_, name) => {
    if (name?.endsWith('.ts') === true) burst()
  })
  whole.on('error', said(home))
  return {
    follow(files) {
      const folders = Map.groupBy(
        [...files.keys()].filter((path) => !path.startsWith(home)),
        (path) => dirname(path),
      )
      for (const [folder, { watcher }] of elsewhere) {
        if (folders.has(folder)) continue
        watcher.close()
        elsewhere.delete(folder)
      }
      for (const [folder, paths] of folders) {
        const names = new Set(paths.map((path) => basename(path)))
        const known = elsewhere.get(folder)
        if (known !== undefined) {
          known.names = names
          continue
        }
        try {
          const watcher = watch(folder, (_, name) => {
            if (name !== null && elsewhere.get(folder)?.names.has(name) === true) burst()
          })
          watcher.on('error', said(folder))
          elsewhere.set(folder, { watcher, names })
        } catch (error) {
          said(folder)(error)
        }
      }
      // Only now: what changes later is seen.
      for (const [path, text] of files) if (textNow(path) !== text) burst()
    },
    close() {
      cancel()
      whole.close()
      for (const { watcher } of elsewhere.values()) watcher.close()
    },
  }
}

/** As modules are loaded: in UTF-8, without a byte order mark. Undefined where there is none. */
function textNow(path: string): string | undefined {
  try {
    return new TextDecoder().decode(readFileSync(path))
  } catch {
    return undefined
  }
}
