export const code = 'WEIR'
