// Runs before the first paint, so that a remembered theme never flashes the other one. See src/theme.ts.
try {
  const theme = localStorage.getItem('weir-theme')
  if (theme === 'light' || theme === 'dark') document.documentElement.dataset.theme = theme
} catch {
  // A browser that forbids storage shows the system's theme.
}
