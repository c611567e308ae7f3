namespace FuncQueue.App.Tests.Hostile;

/// <summary>Values of the kinds that have broken services before.</summary>
internal static class HostileValues
{
    public static readonly IReadOnlyList<string> Texts =
    [
        "", " ", "\0", "\r\nX-Injected: yes", "\n", "%00", "%0d%0aX-Injected:%20yes", "..", "../..", "..\\..", "/", "//", "?", "#", "%", "%2", "%zz", "%2e%2e%2f", "%c0%af",
        "'", "''", "\"", "' or '1'='1", "') or (PartitionKey ge '", "{}", "[]", "null", "true", "NaN", "Infinity", "-Infinity", "-0", "1e400", "0x10", "٣", "１",
        "\u202e", "\ufeff", "\ud800", "\udfff\ud800", "😀", "ﷺ", new string('a', 81), new string('a', 4000), new string('%', 300), string.Concat(Enumerable.Repeat("../", 200)),
        "<script>alert(1)</script>", "${jndi:ldap://127.0.0.1/a}", "{0}", "{{7*7}}", "%s%s%n", "$batch", "Tables", "$metadata", ".fifo", "a.fifo.fifo", "con", "nul",
    ];

    public static readonly IReadOnlyList<string> Numbers =
    [
        "0", "1", "-1", "100", "101", "2147483647", "2147483648", "-2147483649", "9223372036854775807", "9223372036854775808", "99999999999999999999999999999999", "1.5", "1e3", "00001", "+1", " 1",
    ];

    public static readonly IReadOnlyList<string> Instants =
    [
        "2026-01-31T12:00:00Z", "0001-01-01T00:00:00Z", "9999-12-31T23:59:59.9999999Z", "2026-02-30T00:00:00Z", "2026-01-31T12:00:00", "2026-01-31T12:00:00+99:99", "now", "1970-01-01",
    ];

    /// <summary>JSON texts, valid and not.</summary>
    public static readonly IReadOnlyList<string> Json =
    [
        "", "{", "}", "[]", "null", "1", "\"x\"", "{}", "{\"a\":}", "{\"a\":1,\"a\":2}", "{\"\\ud800\":1}", "{\"a\":\"\\ud800\"}", "{\"__proto__\":{}}", "{\"receipts\":{}}", "{\"receipts\":[[]]}",
        "{\"receipts\":[null,1,true,{}]}", "{\"messages\":[{}]}", "{\"messages\":[{\"body\":null}]}", "{\"messages\":[{\"body\":\"a\",\"bodyBase64\":\"b\"}]}", "{\"messages\":[{\"bodyBase64\":\"====\"}]}",
        "{\"messageIds\":[\"\"],\"maxMessages\":-1,\"to\":\"../x\"}", "{\"tags\":{\"\":\"\"}}", "{\"shards\":1e9}", "{\"retryBackoff\":{\"initialSeconds\":1e308}}", "/* */{}", "{} {}", "\ufeff{}",
        new string('[', 5000), string.Concat(Enumerable.Repeat("{\"a\":", 500)), $"{{\"receipts\":[\"{new string('A', 100_000)}\"]}}", $"{{\"messages\":[{string.Join(',', Enumerable.Repeat("{\"body\":\"\"}", 101))}]}}",
    ];

    public static readonly IReadOnlyList<string> ContentTypes =
    [
        "application/json", "application/json; charset=utf-16", "application/problem+json", "text/plain", "multipart/form-data; boundary=x", "application/x-www-form-urlencoded",
        "application/x-amz-json-1.0", "a", "/", "application/json;;;", "application/" + new string('x', 300), "*/*",
    ];
}
