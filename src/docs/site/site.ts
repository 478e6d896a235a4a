import type { JsonObject } from '../../json/value.ts';

/** One document as it is published: of a server, or of all of them. */
export interface PublishedDocument {
  /** The server's name; '' for the document of all servers, and for the only one. */
  readonly server: string;
  /** As its text says. */
  readonly document: JsonObject;
  /** Canonical bytes: what is written as openapi.json. */
  readonly json: string;
}

/** What a site is made from. */
export interface SiteContract {
  /** All servers together; with only one, without a name, that one. */
  readonly merged: PublishedDocument;
  /** Each server's own, sorted by name; none when there is only one without a name. */
  readonly servers: readonly PublishedDocument[];
  /** Servers that did not tell their tools, and why. */
  readonly missing: readonly MissingServer[];
}

/** A server whose tools are not known. */
export interface MissingServer {
  readonly server: string;
  readonly reason: string;
}

/** How a site looks, and where it will be. */
export interface SiteOptions {
  /** @default the document's title */
  readonly title?: string;
  /** Image beside the title, as it lies on disk. */
  readonly logo?: { readonly fileName: string; readonly bytes: Uint8Array };
  /** CSS colour of links and marks, by scheme. */
  readonly colors?: { readonly light?: string; readonly dark?: string };
  /** Where the site will be published, without a slash at its end: for canonical links, sitemap.xml and llms.txt. */
  readonly baseUrl?: string;
  /** Where the gateway answers, for code samples. @default the document's servers */
  readonly gatewayUrl?: string;
  /** Plain text at the foot of each page. */
  readonly footer?: string;
  /** Earlier documents, the oldest first: what changed since is told in changelog.html. */
  readonly previous?: readonly PreviousDocument[];
}

/** A document as it was published before. */
export interface PreviousDocument {
  /** What tells it apart: a version, or a date. */
  readonly name: string;
  /** As in {@link PublishedDocument}. */
  readonly server: string;
  /** JSON text of an OpenAPI 3.x document: fifty of them as values would take much more memory. */
  readonly json: string;
}

/** A file of a site. */
export interface SiteFile {
  /** Relative to the site's folder, with slashes. */
  readonly path: string;
  readonly content: string | Uint8Array;
}
