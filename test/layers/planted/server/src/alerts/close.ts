import { openAlerts } from './book.ts'
export const close = () => openAlerts
