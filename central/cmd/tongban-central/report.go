package main

import (
	"context"
	"encoding/json"
	"errors"
	"io"

	"tongban/central/kernel"
	catalogue "tongban/central/modules/catalogue/module"
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

// catalogueCommand is `catalogue counts --json`, and what can be said of the shipped catalogue without a database.
func catalogueCommand(ctx context.Context, args []string, out io.Writer) error {
	const usage = "write: catalogue counts --json | report | export-seed > FILE.xlsx | sample-xlsx > FILE.xlsx"
	if len(args) == 0 {
		return errors.New(usage)
	}
	switch args[0] {
	case "report":
		return catalogue.Report(ctx, out)
	case "export-seed":
		raw, err := catalogue.SeedSheet()
		return written(out, raw, err)
	case "sample-xlsx":
		raw, err := catalogue.SampleSheet(30)
		return written(out, raw, err)
	case "counts":
	default:
		return errors.New(usage)
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

func written(out io.Writer, raw []byte, err error) error {
	if err != nil {
		return err
	}
	_, err = out.Write(raw)
	return err
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
