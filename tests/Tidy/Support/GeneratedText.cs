namespace FuncQueue.Tidy.Tests.Support;

/// <summary>A part of a document that is made from code: between two marks, so that what people wrote stands around it.</summary>
internal static class GeneratedText
{
    /// <summary>Holds the part against what the code says now, or writes it.</summary>
    public static void Check(string document, string name, string expected)
    {
        var text = Repository.Read(document);
        var (begin, end) = ($"<!-- begin {name}: made from code by tests/Tidy -->\n", $"<!-- end {name} -->");
        var from = text.IndexOf(begin, StringComparison.Ordinal);
        from.ShouldBeGreaterThanOrEqualTo(0, $"{document} has no mark {begin}");
        var to = text.IndexOf(end, from, StringComparison.Ordinal);
        var inner = text[(from + begin.Length)..to];
        if (GeneratedDocuments.AreWritten)
            File.WriteAllText(Path.Combine(Repository.Root, document), text[..(from + begin.Length)] + expected + text[to..]);
        else
            inner.ShouldBe(expected, $"{document} is not what the code says. {GeneratedDocuments.Remedy}");
    }

    public static string Table(IReadOnlyList<string> header, IEnumerable<IReadOnlyList<string>> rows) =>
        Row(header) + Row([.. header.Select(_ => "---")]) + string.Concat(rows.Select(Row));

    private static string Row(IReadOnlyList<string> cells) => $"| {string.Join(" | ", cells)} |\n";
}
