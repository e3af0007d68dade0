import type { Frame } from 'weir-hub/live'

/**
 * Reads what came over the websocket. Undefined for what is not a frame or one of a kind that this page does not know:
 * a newer hub may send such. The rows within are believed: they come from the hub that served the page.
 */
export function readFrame(text: string): Frame | undefined {
  try {
    const value: unknown = JSON.parse(text)
    return isFrame(value) ? value : undefined
  } catch {
    return undefined
  }
}

function isFrame(value: unknown): value is Frame {
  if (typeof value !== 'object' || value === null || !('type' in value)) return false
  if (!('now' in value) || typeof value.now !== 'number') return false
  if (value.type === 'changes') return true
  return value.type === 'snapshot' && 'rows' in value && 'alerts' in value && 'hub' in value
}
