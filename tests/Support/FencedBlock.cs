using System.Text.RegularExpressions;

namespace FuncQueue.Tests.Support;

/// <summary>Code that stands by itself in a document.</summary>
public sealed partial record FencedBlock(string Document, string Language, string Code)
{
    /// <summary>Those of all documents.</summary>
    public static IEnumerable<FencedBlock> All =>
        from document in Repository.Files(".md")
        from Match block in Block().Matches(Repository.Read(document))
        select new FencedBlock(document, block.Groups["language"].Value, block.Groups["code"].Value);

    [GeneratedRegex(@"^```(?<language>\w*)\n(?<code>.*?)^```$", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Block();
}
