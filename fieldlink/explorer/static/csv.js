// Tables as files.

/** CSV of rows of texts and numbers. A text that a spreadsheet would take for a formula gets an apostrophe in front. */
export function csv(rows) {
  const cell = value => typeof value === "number" ? `${value}` : `"${String(value ?? "").replace(/^[=+\-@\t]/, "'$&").replaceAll('"', '""')}"`;
  return rows.map(row => row.map(cell).join(",")).join("\r\n") + "\r\n";
}

/** Offer a text as a download. */
export function download(name, text) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([text], { type: "text/csv" }));
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 1000);
}
