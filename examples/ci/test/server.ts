/** The kernel settings that the server is deployed with: what the tests are to guard. */
export const sysctls: Record<string, number> = {
  'net.ipv4.tcp_timestamps': 1,
  'net.ipv4.tcp_sack': 1,
  'net.ipv4.tcp_window_scaling': 1,
};
