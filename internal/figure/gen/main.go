// Gen writes the figures into chapters/figures. Run it by go generate
// ./internal/figure.
package main

import (
	"log"
	"os"
	"path/filepath"

	"example/workbook/internal/figure"
)

func main() {
	log.SetFlags(0)
	root := filepath.Join("..", "..") // go generate runs in the folder of the package
	figures, err := figure.All(os.DirFS(root))
	if err != nil {
		log.Fatal(err)
	}
	folder := filepath.Join(root, figure.Folder)
	if err := os.MkdirAll(folder, 0o755); err != nil {
		log.Fatal(err)
	}
	for _, f := range figures {
		if err := os.WriteFile(filepath.Join(folder, f.Name+".svg"), []byte(f.File()), 0o644); err != nil {
			log.Fatal(err)
		}
	}
}
