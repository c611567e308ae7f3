using System.Text.RegularExpressions;

namespace FuncQueue.Tidy.Tests.Documents;

/// <summary>Documents lead somewhere: each relative link to a file that is there, and to a heading that it has.</summary>
public sealed partial class LinkTests
{
    [Fact]
    public void Every_relative_link_leads_to_a_file_and_a_heading_that_are_there()
    {
        var dead =
            from document in Repository.Files(".md")
            from Match link in Link().Matches(WithoutCode(Repository.Read(document)))
            let target = link.Groups["target"].Value
            where
                !target.Contains("://", StringComparison.Ordinal)
                && !target.StartsWith("mailto:", StringComparison.Ordinal)
                && !Leads(document, target)
            select $"{document}: {target}";
        dead.ShouldBeEmpty();
    }

    private static bool Leads(string document, string target)
    {
        var parts = target.Split('#', 2);
        var file =
            parts[0].Length == 0
                ? Path.Combine(Repository.Root, document)
                : Path.GetFullPath(Path.Combine(Repository.Root, Path.GetDirectoryName(document)!, parts[0]));
        if (parts.Length < 2)
            return File.Exists(file) || Directory.Exists(file);
        return File.Exists(file)
            && Heading().Matches(WithoutCode(File.ReadAllText(file))).Select(h => Anchor(h.Groups["text"].Value)).Contains(parts[1]);
    }

    /// <summary>
    /// As the forge that shows the documents makes it: lower case, hyphens for spaces, nothing else but letters and digits.
    /// </summary>
    private static string Anchor(string heading) =>
        string.Concat(heading.Trim().ToLowerInvariant().Where(c => char.IsLetterOrDigit(c) || c is ' ' or '-' or '_')).Replace(' ', '-');

    private static string WithoutCode(string markdown) => Fenced().Replace(markdown, "");

    [GeneratedRegex(@"\]\((?<target>[^)\s]+)\)")]
    private static partial Regex Link();

    [GeneratedRegex(@"^#{1,6} (?<text>.+)$", RegexOptions.Multiline)]
    private static partial Regex Heading();

    [GeneratedRegex(@"^```.*?^```", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Fenced();
}
