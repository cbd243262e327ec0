"""Page to article: decoding, themes, stripping, metadata. Pure: bytes, URL, headers and time in; a record out."""
