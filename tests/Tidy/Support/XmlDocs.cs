using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace FuncQueue.Tidy.Tests.Support;

/// <summary>The summaries that stand over members of the engine, as Markdown.</summary>
internal static partial class XmlDocs
{
    private static readonly Dictionary<string, XElement> Members = XDocument
        .Load(Path.Combine(AppContext.BaseDirectory, "FuncQueue.Engine.xml"))
        .Descendants("member")
        .ToDictionary(member => member.Attribute("name")!.Value);

    /// <summary>The summary of a member, by its id in the compiler's file (<c>P:Namespace.Type.Property</c>); empty: it has none.</summary>
    public static string SummaryOf(string id)
    {
        if (!Members.TryGetValue(id, out var member) || member.Element("summary") is not { } summary)
            return "";
        var text = string.Concat(
            summary
                .Nodes()
                .Select(node =>
                    node switch
                    {
                        XElement { Name.LocalName: "c" } code => $"`{code.Value}`",
                        XElement { Name.LocalName: "see" } see => $"`{see.Attribute("cref")!.Value.Split('.')[^1]}`",
                        _ => node.ToString(),
                    }
                )
        );
        return Spaces()
            .Replace(text, " ")
            .Trim()
            .Replace("|", "\\|", StringComparison.Ordinal)
            .Replace("&lt;", "<", StringComparison.Ordinal)
            .Replace("&gt;", ">", StringComparison.Ordinal);
    }

    [GeneratedRegex(@"\s+")]
    private static partial Regex Spaces();
}
