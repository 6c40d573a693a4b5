"""The card of a dataset: README.md, plots, a table of its episodes, croissant.json. All of it can be made again."""
