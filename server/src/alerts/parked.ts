import { after, type Unsaid } from './batch.ts'

/** What is parked, as it stands in a checkpoint. */
export type SavedParked = readonly [name: string, destination: string, unsaid: Unsaid]

/** What was to be told of alerts that are held back, by alert and destination, until nothing stands against it any more. */
export class Parked {
  readonly #parked = new Map<string, Map<string, Unsaid>>()

  /** What follows something that is parked already is told with it. */
  put(name: string, destination: string, unsaid: Unsaid): void {
    const ofAlert = this.#parked.get(name) ?? new Map<string, Unsaid>()
    this.#parked.set(name, ofAlert)
    ofAlert.set(destination, after(ofAlert.get(destination), unsaid))
  }

  /** Whether something is to be told of the alert to this destination. */
  has(name: string, destination: string): boolean {
    return this.#parked.get(name)?.has(destination) === true
  }

  /** What is to be told of the alert, by destination. */
  of(name: string): readonly (readonly [destination: string, unsaid: Unsaid])[] {
    return [...(this.#parked.get(name) ?? [])]
  }

  /** Takes out what is parked for one destination, or all of it. */
  delete(name: string, destination?: string): void {
    const ofAlert = this.#parked.get(name)
    if (destination !== undefined) ofAlert?.delete(destination)
    if (destination === undefined || ofAlert?.size === 0) this.#parked.delete(name)
  }

  save(): readonly SavedParked[] {
    return [...this.#parked].flatMap(([name, ofAlert]) =>
      [...ofAlert].map(([destination, unsaid]): SavedParked => [name, destination, unsaid]),
    )
  }

  load([name, destination, unsaid]: SavedParked): void {
    this.put(name, destination, unsaid)
  }
}
