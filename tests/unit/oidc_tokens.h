/*
 * A key set and tokens of it, made by Node.js (node:crypto), so that libcjose is judged by what
 * another library signed. The payload says the same in both.
 */
#pragma once

#define TOKEN_PAYLOAD \
	"{\"iss\":\"https://id.example\",\"sub\":\"u-1\",\"aud\":\"desk\",\"exp\":4102444800,\"iat\":" \
	"1700000000,\"nonce\":\"NNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNN\"}"

#define TOKEN_KEYS \
	"{\"keys\":[{\"kty\":\"RSA\",\"n\":\"pIVrUh6Sh2ceJM-3wGt64VdnuCQz-b6RIis_4SgsSSnrj9x1x" \
	"Kb_-dHtVX6JhJyarmODNGEU2HAl5vi5d3CpuhbtPENohLCnA41Ng6mNYN-AOe1BSF81QHzKKrZmX" \
	"9YCkLf0LBmEU0gEk-3IHcU9iVVwhhUNvwkQsnGA3G9Iistmv1mTQHWbhXvQmtTYWiHXzOHFsH6Vj" \
	"oRy8rpoFHmmt4XoP5xq0aP20eED2DQntg7offR3sePv4CzFGmOoW4-MZNh7uvbDQ0OrsrhwSB7ud" \
	"G0cQoFGoLtS4DEYut88RyE0EExfT-bgEQpBYo_7cgk9fGO0ChDFSX7RKKpY5zUtww\",\"e\":\"AQAB" \
	"\",\"kid\":\"rsa-1\",\"alg\":\"RS256\",\"use\":\"sig\"},{\"kty\":\"EC\",\"x\":\"mNw3CFJLF67jQBNk" \
	"de1S80jIH9Mz2RgEdYNA3crZmzw\",\"y\":\"4To8q3HCrxyGnx4QdlHWFhpCRbumSAtYKWbypPgYEo" \
	"w\",\"crv\":\"P-256\",\"kid\":\"ec-1\",\"alg\":\"ES256\",\"use\":\"sig\"}]}"

#define TOKEN_RS256 \
	"eyJhbGciOiJSUzI1NiIsImtpZCI6InJzYS0xIiwidHlwIjoiSldUIn0.eyJpc3MiOiJodHRwczov" \
	"L2lkLmV4YW1wbGUiLCJzdWIiOiJ1LTEiLCJhdWQiOiJkZXNrIiwiZXhwIjo0MTAyNDQ0ODAwLCJp" \
	"YXQiOjE3MDAwMDAwMDAsIm5vbmNlIjoiTk5OTk5OTk5OTk5OTk5OTk5OTk5OTk5OTk5OTk5OTk5O" \
	"Tk5OTk5OTk5OTiJ9.LNMK26b4HNX9pvv2aidbbDeOxBFqmCiGPJgkqbk03IDKyteMTl3WcSnO4Fu" \
	"pdQMFWgtmuUqdG5yJ6BuhLl-z1RJw386nS2pI2eKhGqBFk3oR5qoQI4hg5ZcWOO2IdbDfHEjcbZw" \
	"L8fcaFy8vekONxYaxgjilFr5Smw0TLwRUqOtLXE-mlD1RSRzIY1LMkKNPsH7IP8FXqZthJeFdacJ" \
	"IU8VSPWjJLgCRSE0ldHXC6mttlufULjdNZibdchFtffhLYFw_1McJzfxdH5EkZefis7MC8S3Ax6w" \
	"4uwFd63_jtJBGzhsHLO_7rgvJxNZ4rwNF3nAm7IQ3Zhd8bsNp1f5g4A"

#define TOKEN_ES256 \
	"eyJhbGciOiJFUzI1NiIsImtpZCI6ImVjLTEiLCJ0eXAiOiJKV1QifQ.eyJpc3MiOiJodHRwczovL" \
	"2lkLmV4YW1wbGUiLCJzdWIiOiJ1LTEiLCJhdWQiOiJkZXNrIiwiZXhwIjo0MTAyNDQ0ODAwLCJpY" \
	"XQiOjE3MDAwMDAwMDAsIm5vbmNlIjoiTk5OTk5OTk5OTk5OTk5OTk5OTk5OTk5OTk5OTk5OTk5OT" \
	"k5OTk5OTk5OTiJ9.C7bCYf0hGxcQI_SV_JBwqY0ia6odeO54B8-01bqVcFs3XUdQ2WTr-w1APmc-" \
	"4AT-cIMeEnTn6AFOrAoDAjEy2w"

/* Of the same names: 1024 bits, 8200 bits, and a curve that is another algorithm's. */
#define TOKEN_KEYS_1024 \
	"{\"keys\":[{\"kty\":\"RSA\",\"n\":\"woRX80LWzNInOf1dewTj-DcVIgq72N0hQM2qmFmCPRTJUamG1" \
	"3M_ODLUEUtZ8aRAShMPuOEsH992MVdPzb09ZVubF3gxwB3PMgRuqDZc-AlY-S-LUNELt19BbwnuB" \
	"w8w81FYQX_SK3x7y4m4juiRkYd4DVDMZQYpVeREy6dqo3M\",\"e\":\"AQAB\",\"kid\":\"rsa-1\",\"al" \
	"g\":\"RS256\",\"use\":\"sig\"}]}"

#define TOKEN_KEYS_8200 \
	"{\"keys\":[{\"kty\":\"RSA\",\"n\":\"wcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBw" \
	"cHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBw" \
	"cHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBw" \
	"cHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBw" \
	"cHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBw" \
	"cHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBw" \
	"cHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBw" \
	"cHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBw" \
	"cHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBw" \
	"cHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBw" \
	"cHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBw" \
	"cHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBw" \
	"cHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBw" \
	"cHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBw" \
	"cHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBw" \
	"cHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBw" \
	"cHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBw" \
	"cHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBw" \
	"cHBwcHBwcHBwcHBwcHBwcHBwcE\",\"e\":\"AQAB\",\"kid\":\"rsa-1\",\"alg\":\"RS256\",\"use\":\"si" \
	"g\"}]}"

#define TOKEN_KEYS_P384 \
	"{\"keys\":[{\"kty\":\"EC\",\"x\":\"MGprGh2XAnPRliNSGcZyMZUz4eWVPGHwxHS9Ew-7_Fv-PeJnDQ" \
	"v0kjUzFkRDLcqM\",\"y\":\"CCCoPdbJv1tzVvc6dDkfvM8cMvXB6em03wIZHt0dcO8yLHFHbuxP2S4" \
	"uFXRWW6ek\",\"crv\":\"P-384\",\"kid\":\"ec-1\",\"alg\":\"ES256\",\"use\":\"sig\"}]}"
