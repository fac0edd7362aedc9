import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** A certificate authority, and what it signed, as PEM files in a temporary folder. */
export class TestCertificates implements Disposable {
  readonly #folder = mkdtempSync(join(tmpdir(), "cloud-monitor-certificates-"));

  constructor() {
    for (const name of ["ca", "stranger"]) {
      this.#openssl(
        "req",
        "-x509",
        "-nodes",
        ...NEW_KEY,
        "-keyout",
        this.path(`${name}.key`),
        "-out",
        this.path(`${name}.crt`),
        "-subj",
        `/CN=${name}`,
        "-days",
        "2",
      );
    }
  }

  path(file: string): string {
    return join(this.#folder, file);
  }

  read(file: string): string {
    return readFileSync(this.path(file), "utf8");
  }

  /** Creates `<name>.crt` and `<name>.key`, signed by the authority; the key is encrypted when a password is given. */
  sign(name: string, { commonName, extensions = "", password = "" }: SignRequest): void {
    const [key, request, certificate] = [this.path(`${name}.key`), this.path(`${name}.csr`), this.path(`${name}.crt`)];
    const encryption = password === "" ? ["-nodes"] : ["-passout", `pass:${password}`];
    this.#openssl("req", ...encryption, ...NEW_KEY, "-keyout", key, "-out", request, "-subj", `/CN=${commonName}`);
    writeFileSync(this.path("extensions"), extensions);
    const authority = ["-CA", this.path("ca.crt"), "-CAkey", this.path("ca.key"), "-CAcreateserial", "-days", "2"];
    this.#openssl(
      "x509",
      "-req",
      "-in",
      request,
      "-out",
      certificate,
      ...authority,
      "-extfile",
      this.path("extensions"),
    );
  }

  [Symbol.dispose](): void {
    rmSync(this.#folder, { recursive: true, force: true });
  }

  #openssl(...args: readonly string[]): void {
    execFileSync("openssl", args, { stdio: "pipe" });
  }
}

interface SignRequest {
  readonly commonName: string;
  readonly extensions?: string;
  readonly password?: string;
}

const NEW_KEY = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1"];
