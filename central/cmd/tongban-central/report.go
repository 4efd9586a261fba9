package main

import (
	"context"
	"encoding/json"
	"errors"
	"io"

	"tongban/central/kernel"
)

// permissions prints which operation needs what, and which roles hold it: as JSON, or as the page of the documents.
func permissions(ctx context.Context, args []string, out io.Writer) error {
	centre, done, err := scratch(ctx)
	if err != nil {
		return err
	}
	defer done()
	m := rights{roles: centre.kernel.Auth.Roles(), operations: centre.kernel.HTTP.Operations()}
	if len(args) == 1 && args[0] == "--markdown" {
		_, err = io.WriteString(out, m.markdown())
		return err
	}
	e := json.NewEncoder(out)
	e.SetIndent("", " ")
	return e.Encode(m.rows())
}

// catalogueCommand is `catalogue counts --json`.
func catalogueCommand(ctx context.Context, args []string, out io.Writer) error {
	if len(args) == 0 || args[0] != "counts" {
		return errors.New("write: catalogue counts --json")
	}
	var kept []string
	for _, a := range args[1:] {
		if a != "--json" {
			kept = append(kept, a)
		}
	}
	c, _, err := load(kept)
	if err != nil {
		return err
	}
	centre, err := open(ctx, c, false)
	if err != nil {
		return err
	}
	defer centre.close(ctx)
	for _, m := range []kernel.Module{centre.catalogue.Module, centre.onething.Module} { // the seed is loaded at the first start
		if err := m.Start(ctx); err != nil {
			return err
		}
	}
	n, err := centre.catalogue.Service.Counts(ctx)
	if err != nil {
		return err
	}
	if n.Themes, err = centre.onething.Service.Count(ctx); err != nil {
		return err
	}
	return json.NewEncoder(out).Encode(n)
}

// apiDocument prints the OpenAPI document, of one module as YAML or of all as JSON.
func apiDocument(ctx context.Context, args []string, out io.Writer) error {
	centre, done, err := scratch(ctx)
	if err != nil {
		return err
	}
	defer done()
	var doc []byte
	if len(args) == 2 && args[0] == "--module" {
		doc, err = centre.kernel.HTTP.DocumentYAML(args[1])
	} else {
		doc, err = centre.kernel.HTTP.Document()
	}
	if err != nil {
		return err
	}
	_, err = out.Write(doc)
	return err
}
