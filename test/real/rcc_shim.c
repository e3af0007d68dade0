/* For tests with Debian 12's collectd 5.12: its write_riemann calls riemann_event_set(event, TIME_MICROS, t) without the
 * terminating argument (collectd issue #4050), which garbles events and crashes the daemon. Preloaded, this stands in for
 * that one call. cc -shared -fPIC -o rcc_shim.so rcc_shim.c $(pkg-config --cflags --libs riemann-client); LD_PRELOAD=./rcc_shim.so collectd -f -C ... */
#include <riemann/riemann-client.h>
#include <stdarg.h>
#include <stdint.h>

int riemann_event_set(riemann_event_t *event, ...) {
  va_list args;
  int field, result = 0;
  va_start(args, event);
  field = va_arg(args, int);
  if (field == RIEMANN_EVENT_FIELD_TIME_MICROS) {
    event->has_time_micros = 1;
    event->time_micros = va_arg(args, int64_t);
  } else {
    result = riemann_event_set_va(event, field, args);
  }
  va_end(args);
  return result;
}
