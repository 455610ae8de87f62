"""Downloads: fetching files from Frigate and publishing them in Home Assistant's folders."""
