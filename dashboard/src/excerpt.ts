/** Where the window stands over a long list of equally high rows, one of which may be open. In pixels. */
export interface Sight {
  readonly rows: number
  readonly rowHeight: number
  /** The row that is open, or -1, and how much higher it is for that. */
  readonly open: number
  readonly openHeight: number
  /** How far the window's upper edge is below the first row's; negative while the list starts further down. */
  readonly top: number
  readonly height: number
}

/** The rows worth having in the document, from `first` to before `end`, and the room that the others would take. */
export interface Excerpt {
  readonly first: number
  readonly end: number
  readonly before: number
  readonly after: number
}

/** Rows beyond the edges, so that scrolling and the arrow keys find them there already. */
const MARGIN = 8

/** Which rows of a long list can be seen, with a few more at both ends. There is always at least one, if there is any. */
export function excerpt({ rows, rowHeight, open, openHeight, top, height }: Sight): Excerpt {
  const offset = (row: number): number => row * rowHeight + (open >= 0 && open < row ? openHeight : 0)
  const rowAt = (y: number): number => {
    if (open < 0 || y < offset(open + 1)) {
      const row = Math.floor(y / rowHeight)
      return open >= 0 ? Math.min(row, open) : row
    }
    return Math.floor((y - openHeight) / rowHeight)
  }
  const within = (row: number): number => Math.max(0, Math.min(rows, row))
  const first = within(Math.min(rows - 1, rowAt(top) - MARGIN))
  const end = within(Math.max(first + 1, rowAt(top + height) + 1 + MARGIN))
  return { first, end, before: offset(first), after: offset(rows) - offset(end) }
}
