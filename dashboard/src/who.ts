/** The place of the name of whoever sits before this browser. */
const KEY = 'weir-who'

/** A name that is remembered, where the browser remembers anything. */
export interface Who {
  name(): string
  remember(name: string): void
}

export function createWho(storage: Pick<Storage, 'getItem' | 'setItem'>): Who {
  let known = ''
  try {
    known = storage.getItem(KEY) ?? ''
  } catch {
    // Storage is forbidden: the name holds until the page is left.
  }
  return {
    name: () => known,
    remember(name) {
      known = name
      try {
        storage.setItem(KEY, name)
      } catch {
        // As above, or it is full.
      }
    },
  }
}
