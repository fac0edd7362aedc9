import { once } from "node:events";
import { buffer } from "node:stream/consumers";
import PostalMime from "postal-mime";
import { SMTPServer } from "smtp-server";

const MESSAGE_BYTES_MAX = 10 * 1024 * 1024;

/**
 * A mail server on loopback that accepts every message and delivers none: `onMail` gets the subject, the addresses and the
 * text. It accepts any password and offers no TLS.
 */
export async function startMailSink(onMail) {
  const server = new SMTPServer({
    authOptional: true,
    allowInsecureAuth: true,
    disabledCommands: ["STARTTLS"],
    size: MESSAGE_BYTES_MAX,
    onAuth: (auth, _session, done) => done(null, { user: auth.username }),
    onData: (stream, _session, done) => {
      read(stream).then((mail) => {
        onMail(mail);
        done();
      }, done);
    },
  });
  server.listen(0, "127.0.0.1");
  await once(server.server, "listening");
  return {
    address: `127.0.0.1:${server.server.address().port}`,
    stop: () => new Promise((resolve) => server.close(resolve)),
  };
}

async function read(stream) {
  const { subject = "", from, to = [], text, html } = await PostalMime.parse(await buffer(stream));
  return {
    subject,
    from: from?.address ?? "",
    to: to.map(({ address }) => address),
    text: text ?? textOf(html ?? ""),
    isHtmlOnly: text === undefined,
  };
}

/** Good enough to read an HTML message in a terminal. */
function textOf(html) {
  return html
    .replaceAll(/<(style|head|title)\b[^]*?<\/\1>/g, "")
    .replaceAll(/<br\s*\/?>|<\/(p|tr|div|h\d|table)>/g, "\n")
    .replaceAll(/<[^>]+>/g, "")
    .replaceAll("&#34;", '"')
    .replaceAll("&#39;", "'")
    .replaceAll("&#43;", "+")
    .replaceAll("&lt;", "<")
    .replaceAll("&gt;", ">")
    .replaceAll("&nbsp;", " ")
    .replaceAll("&amp;", "&")
    .replaceAll(/[ \t]+/g, " ")
    .replaceAll(/ ?\n ?/g, "\n")
    .replaceAll(/\n{2,}/g, "\n")
    .trim();
}
