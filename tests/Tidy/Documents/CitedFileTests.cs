using System.Text.RegularExpressions;

namespace FuncQueue.Tidy.Tests.Documents;

/// <summary>A file or folder that a document names in code or in a diagram, without a link, is there.</summary>
public sealed partial class CitedFileTests
{
    [Fact]
    public void Every_file_and_folder_that_is_named_is_there()
    {
        var files = Repository.Files("").ToList();
        var named = (
            from document in Repository.Files(".md")
            from Match code in Code().Matches(Fence().Replace(Repository.Read(document), ""))
            select (Document: document, Path: code.Groups["path"].Value.TrimEnd('/'))
        ).ToList();
        named.Count.ShouldBeGreaterThan(50);
        named.Where(name => !files.Exists(file => IsOrHolds(file, name.Path))).ShouldBeEmpty();
    }

    [Fact]
    public void Every_file_in_a_diagram_is_there()
    {
        var files = Repository.Files(".cs").ToList();
        var named = (
            from block in FencedBlock.All
            where block.Language == "mermaid"
            from Match name in SourceName().Matches(block.Code)
            select (block.Document, Path: name.Value)
        ).ToList();
        named.Count.ShouldBeGreaterThan(10);
        named.Where(name => !files.Exists(file => IsOrHolds(file, name.Path))).ShouldBeEmpty();
    }

    /// <summary>By its whole path, or as much of its end as tells it.</summary>
    private static bool IsOrHolds(string file, string path)
    {
        var pattern = Regex.Escape(path).Replace("\\*", "[^/]*", StringComparison.Ordinal);
        return Regex.IsMatch(file, $"(^|/){pattern}(/|$)");
    }

    /// <summary>A path from a folder of the repository's root, or a name with the ending of a source file.</summary>
    [GeneratedRegex(
        @"`(?<path>(functions|tests|infra|docs|\.ci|\.github|\.config)/[\w./*-]+|[\w./*-]+\.(cs|csproj|sln|md|bicep|bicepparam|yml|props|targets))`"
    )]
    private static partial Regex Code();

    [GeneratedRegex(@"[\w/]+\.cs\b")]
    private static partial Regex SourceName();

    [GeneratedRegex(@"^```.*?^```$", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Fence();
}
