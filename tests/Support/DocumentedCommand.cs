using System.Text.RegularExpressions;

namespace FuncQueue.Tests.Support;

/// <summary>
/// A command that a document tells its reader to type: a line of a block of <c>sh</c>, or code within a sentence that begins as one does.
/// Blocks of <c>bash</c> are none of these: they are pasted as they are.
/// </summary>
public sealed partial record DocumentedCommand(string Document, string Text, bool NeedsAzure)
{
    /// <summary>What a block begins with whose commands want a subscription.</summary>
    private const string AzureMark = "# needs Azure\n";

    public static IEnumerable<DocumentedCommand> All => InBlocks.Concat(InSentences);

    private static IEnumerable<DocumentedCommand> InBlocks =>
        from block in FencedBlock.All
        where block.Language == "sh"
        let needsAzure = block.Code.StartsWith(AzureMark, StringComparison.Ordinal)
        from line in block.Code.Replace("\\\n", "", StringComparison.Ordinal).Split('\n')
        let command = Comment().Replace(line, "").Trim()
        where command.Length > 0
        select new DocumentedCommand(block.Document, command, needsAzure);

    /// <summary>Those of Azure's own programs say by their names what they need.</summary>
    private static IEnumerable<DocumentedCommand> InSentences =>
        from document in Repository.Files(".md")
        from Match code in Code().Matches(Fence().Replace(Repository.Read(document), ""))
        let command = code.Groups["command"].Value
        select new DocumentedCommand(document, command, command.StartsWith("az", StringComparison.Ordinal));

    /// <summary>
    /// What is handed to a program of the repository, with all that may be left out; null: the command does not run that project's.
    /// </summary>
    public string[]? ArgumentsFor(string project)
    {
        var parts = Text.Split($"--project {project} -- ");
        return parts.Length < 2 ? null : parts[1].Split(' ').Select(word => word.Trim('[', ']')).ToArray();
    }

    [GeneratedRegex(@"(^|\s+)# .*$")]
    private static partial Regex Comment();

    [GeneratedRegex(@"^```.*?^```$", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Fence();

    [GeneratedRegex(@"`(?<command>(dotnet|azd?|npm|npx|git|bicep|func|python|pip) [^`\n]*)`")]
    private static partial Regex Code();
}
