/** Whether an Accept-Encoding header takes gzip (RFC 9110, 12.5.3). */
export function acceptsGzip(header: string | readonly string[] | undefined): boolean {
  for (const range of String(header ?? "").split(",")) {
    const [coding = "", ...parameters] = range.split(";").map((part) => part.trim().toLowerCase());
    if (coding !== "gzip" && coding !== "*") continue;
    const quality = parameters.find((parameter) => parameter.startsWith("q="))?.slice(2);
    return quality === undefined || Number(quality) > 0;
  }
  return false;
}
