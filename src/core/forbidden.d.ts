// Not a module on purpose: `vscode` and `undici` are mapped here (see tsconfig.json), so importing them is an error.
