/** The filter that an address of the page carries: `?q=state:critical`. */
export function filterIn(href: string): string {
  return new URL(href).searchParams.get('q') ?? ''
}

/** The same address with this filter instead; without any when it is empty. */
export function withFilter(href: string, filter: string): string {
  const url = new URL(href)
  if (filter.trim() === '') url.searchParams.delete('q')
  else url.searchParams.set('q', filter)
  return url.href
}
