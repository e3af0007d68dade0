import type { Event } from 'weir-protocol'

/** How many characters the texts of an event have: what makes one event take more memory than another. */
export function weightOf({ host, service, state, description, tags, attributes }: Event): number {
  let weight = lengthOf(host) + lengthOf(service) + lengthOf(state) + lengthOf(description)
  for (const tag of tags) weight += tag.length
  for (const key in attributes) weight += key.length + lengthOf(attributes[key])
  return weight
}

/**
 * The weight of an event that takes the place of one of the same host and service. Senders say the same again and again,
 * and the decoder gives the same tags and attributes for the same bytes: then nothing is counted anew.
 */
export function weightAfter(known: Event, weight: number, event: Event): number {
  return known.description === event.description &&
    known.tags === event.tags &&
    known.attributes === event.attributes &&
    known.state === event.state
    ? weight
    : weightOf(event)
}

function lengthOf(text: string | undefined): number {
  return text === undefined ? 0 : text.length
}
