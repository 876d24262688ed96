// A UEFI application that gives the firmware's own TCP/IP stack an address and listens on TCP ports. Its configuration
// comes through QEMU's fw_cfg as opt/stackbed/network: "ADDRESS NETMASK GATEWAY PORT[,PORT…]".
#include <efi.h>
#include <efilib.h>
#include <efitcp.h>

enum { MOST_PORTS = 64, MOST_HANDLES = 256, WORDS = 512 };

// EFI_IP4_CONFIG2_PROTOCOL (UEFI specification, section 28.5), which the library does not declare.
struct ip4_config {
  EFI_STATUS(EFIAPI *set)(struct ip4_config *, UINT32 type, UINTN size, VOID *data);
  EFI_STATUS(EFIAPI *get)(struct ip4_config *, UINT32 type, UINTN *size, VOID *data);
};
enum { CONFIG_POLICY = 1, CONFIG_ADDRESS = 2, CONFIG_GATEWAY = 3, POLICY_STATIC = 0 };
struct manual_address {
  EFI_IPv4_ADDRESS address, netmask;
};

struct listener {
  EFI_TCP4 *tcp;
  EFI_TCP4_LISTEN_TOKEN token;
};

static EFI_GUID config_guid = {0x5b446ed1, 0xe30b, 0x4faa, {0x87, 0x1a, 0x36, 0x54, 0xec, 0xa3, 0x60, 0x80}};
static EFI_GUID service_guid = EFI_TCP4_SERVICE_BINDING_PROTOCOL;
static EFI_GUID tcp_guid = EFI_TCP4_PROTOCOL;

// The firmware's console driver may sit on another port than the machine's console: write to the serial port itself.
static void say(const char *text) {
  for (; *text; text++) __asm__ volatile("outb %b0, %w1" : : "a"(*text), "Nd"(0x3f8));
}

static void fail(const char *what, EFI_STATUS status) {
  char digits[17] = {0};
  for (int i = 15; i >= 0; i--, status >>= 4) digits[i] = "0123456789abcdef"[status & 15];
  say("\nSTACKBED FAILED "), say(what), say(": status "), say(digits), say("\n");
  for (;;) uefi_call_wrapper(BS->Stall, 1, 1000000);
}

// fw_cfg (QEMU, docs/specs/fw_cfg): a selector port and a data port; the directory is big-endian.
static void fw_select(UINT16 key) { __asm__ volatile("outw %w0, %w1" : : "a"(key), "Nd"(0x510)); }

static UINT8 fw_byte(void) {
  UINT8 value;
  __asm__ volatile("inb %w1, %b0" : "=a"(value) : "Nd"(0x511));
  return value;
}

static UINT32 fw_number(int bytes) {
  UINT32 value = 0;
  while (bytes--) value = value << 8 | fw_byte();
  return value;
}

static BOOLEAN fw_read(const char *name, char *into, UINTN room) {
  fw_select(0x19);
  for (UINT32 files = fw_number(4); files; files--) {
    UINT32 size = fw_number(4);
    UINT16 key = fw_number(4) >> 16;
    char found[56];
    for (int i = 0; i < 56; i++) found[i] = fw_byte();
    if (strcmpa((CHAR8 *)found, (CHAR8 *)name) || size >= room) continue;
    fw_select(key);
    for (UINT32 i = 0; i < size; i++) into[i] = fw_byte();
    into[size] = 0;
    return TRUE;
  }
  return FALSE;
}

static UINT32 number(const char **text) {
  UINT32 value = 0;
  while (**text >= '0' && **text <= '9') value = value * 10 + *(*text)++ - '0';
  if (**text) ++*text;
  return value;
}

static EFI_IPv4_ADDRESS address(const char **text) {
  EFI_IPv4_ADDRESS parsed;
  for (int i = 0; i < 4; i++) parsed.Addr[i] = number(text);
  return parsed;
}

// The firmware connects drivers only to what it boots from: the network card is left to us.
static void connect_all(void) {
  EFI_HANDLE *handles;
  UINTN count;
  if (uefi_call_wrapper(BS->LocateHandleBuffer, 5, AllHandles, NULL, NULL, &count, &handles)) return;
  for (UINTN i = 0; i < count; i++) uefi_call_wrapper(BS->ConnectController, 4, handles[i], NULL, NULL, TRUE);
}

static VOID *protocol(EFI_GUID *guid, const char *name) {
  VOID *interface;
  EFI_STATUS status = uefi_call_wrapper(BS->LocateProtocol, 3, guid, NULL, &interface);
  if (status) fail(name, status);
  return interface;
}

static void configure(const char **network) {
  struct ip4_config *config = protocol(&config_guid, "no IPv4 on any network card");
  struct manual_address manual = {address(network), address(network)};
  EFI_IPv4_ADDRESS gateway = address(network);
  UINT32 policy = POLICY_STATIC;
  EFI_STATUS status = uefi_call_wrapper(config->set, 4, config, CONFIG_POLICY, sizeof policy, &policy);
  if (status) fail("static policy", status);
  // The address is announced first, and refused when another machine has it.
  status = uefi_call_wrapper(config->set, 4, config, CONFIG_ADDRESS, sizeof manual, &manual);
  for (int wait = 0; status == EFI_NOT_READY && wait < 1000; wait++) {
    struct manual_address now;
    UINTN size = sizeof now;
    uefi_call_wrapper(BS->Stall, 1, 10000);
    status = uefi_call_wrapper(config->get, 4, config, CONFIG_ADDRESS, &size, &now);
  }
  if (status) fail("address", status);
  status = uefi_call_wrapper(config->set, 4, config, CONFIG_GATEWAY, sizeof gateway, &gateway);
  if (status) fail("gateway", status);
}

static void accept(struct listener *listener) {
  listener->token.NewChildHandle = NULL;
  listener->token.CompletionToken.Status = EFI_NOT_READY;
  EFI_STATUS status = uefi_call_wrapper(listener->tcp->Accept, 2, listener->tcp, &listener->token);
  if (status) fail("accept", status);
}

static void listen(EFI_SERVICE_BINDING *service, struct listener *listener, UINT16 port) {
  EFI_HANDLE child = NULL;
  EFI_STATUS status = uefi_call_wrapper(service->CreateChild, 2, service, &child);
  if (!status) status = uefi_call_wrapper(BS->HandleProtocol, 3, child, &tcp_guid, (VOID **)&listener->tcp);
  if (status) fail("socket", status);
  EFI_TCP4_CONFIG_DATA data;
  ZeroMem(&data, sizeof data);
  data.TimeToLive = 64;
  data.AccessPoint.UseDefaultAddress = TRUE;
  data.AccessPoint.StationPort = port;
  status = EFI_NO_MAPPING;
  for (int wait = 0; status == EFI_NO_MAPPING && wait < 1000; wait++) {
    status = uefi_call_wrapper(listener->tcp->Configure, 2, listener->tcp, &data);
    if (status == EFI_NO_MAPPING) uefi_call_wrapper(BS->Stall, 1, 10000);
  }
  if (status) fail("listen", status);
  status = uefi_call_wrapper(BS->CreateEvent, 5, 0, 0, NULL, NULL, &listener->token.CompletionToken.Event);
  if (status) fail("event", status);
  accept(listener);
}

// Connections are accepted and dropped at once, so that they do not fill the firmware's backlog.
static void serve(EFI_SERVICE_BINDING *service, struct listener *listeners, int count) {
  EFI_EVENT tick;
  uefi_call_wrapper(BS->CreateEvent, 5, EVT_TIMER, 0, NULL, NULL, &tick);
  uefi_call_wrapper(BS->SetTimer, 3, tick, TimerPeriodic, 10000);
  for (int idle = 0;; idle++) {
    if (!uefi_call_wrapper(listeners[0].tcp->Poll, 1, listeners[0].tcp)) idle = 0;
    for (int i = 0; i < count; i++) {
      EFI_TCP4_LISTEN_TOKEN *token = &listeners[i].token;
      if (uefi_call_wrapper(BS->CheckEvent, 1, token->CompletionToken.Event)) continue;
      if (token->NewChildHandle) uefi_call_wrapper(service->DestroyChild, 2, service, token->NewChildHandle);
      accept(&listeners[i]);
    }
    // One poll takes one frame: sleep only after many that found none.
    UINTN which;
    if (idle > 2000) uefi_call_wrapper(BS->WaitForEvent, 3, 1, &tick, &which);
  }
}

EFI_STATUS EFIAPI efi_main(EFI_HANDLE image, EFI_SYSTEM_TABLE *system) {
  static struct listener listeners[MOST_PORTS];
  static char words[WORDS];
  InitializeLib(image, system);
  // Without this the firmware resets the machine after five minutes.
  uefi_call_wrapper(BS->SetWatchdogTimer, 4, 0, 0, 0, NULL);
  if (!fw_read("opt/stackbed/network", words, sizeof words)) fail("no opt/stackbed/network in fw_cfg", EFI_NOT_FOUND);
  const char *network = words;
  connect_all();
  configure(&network);
  EFI_SERVICE_BINDING *service = protocol(&service_guid, "no TCP on any network card");
  int count = 0;
  while (*network && count < MOST_PORTS) listen(service, &listeners[count++], number(&network));
  if (!count) fail("no port to listen on", EFI_INVALID_PARAMETER);
  say("\nSTACKBED READY EDK2\n");
  serve(service, listeners, count);
  return EFI_SUCCESS;
}
