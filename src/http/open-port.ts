type Address = { readonly host: string; readonly port: number };

/** What a kernel without IPv6 answers, or one on which it is switched off. */
const withoutIpv6 = new Set(['EAFNOSUPPORT', 'EADDRNOTAVAIL']);

/** Listens on the port of `host`; of every address, of both kinds where there are two, when that is empty. */
export async function openPort(
  http: { listen(address: Address): Promise<unknown> },
  { host, port }: Address,
): Promise<void> {
  try {
    await http.listen({ port, host: host === '' ? '::' : host });
  } catch (error) {
    const { code = '' } = error as NodeJS.ErrnoException;
    if (host !== '' || !withoutIpv6.has(code)) throw error;
    await http.listen({ port, host: '0.0.0.0' });
  }
}
