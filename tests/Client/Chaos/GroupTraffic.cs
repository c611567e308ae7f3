using System.Globalization;
using System.Text.Json.Nodes;

namespace FuncQueue.Client.Tests.Chaos;

/// <summary>Takes down what members of a group are given tokens for, and what they commit.</summary>
internal sealed class GroupTraffic(GroupHistory history) : ITraffic
{
    private readonly Lock gate = new();
    private readonly Dictionary<string, (int Partition, long Next)> tokens = [];

    public void Asked(string path, JsonNode request)
    {
        foreach (var (partition, next) in Commits(path, request))
            history.CommitAsked(partition, next);
    }

    public void Answered(string path, JsonNode? request, JsonNode answer)
    {
        var results = (answer["committed"] ?? answer["results"])?.AsArray() ?? [];
        foreach (var ((partition, next), result) in Commits(path, request).Zip(results))
        {
            if ((string?)result!["status"] == "ok")
                history.Committed(partition, next);
        }

        if (!path.EndsWith("/read", StringComparison.Ordinal))
            return;
        lock (gate)
        {
            foreach (var token in answer["tokens"]!.AsArray())
                tokens[(string)token!["token"]!] = ((int)token["partition"]!, (long)token["nextOffset"]!);
        }
    }

    private IEnumerable<(int Partition, long Next)> Commits(string path, JsonNode? request)
    {
        var member = path switch
        {
            _ when path.EndsWith("/read", StringComparison.Ordinal) => "commit",
            _ when path.EndsWith("/commit", StringComparison.Ordinal) => "tokens",
            _ => null,
        };
        if (member is null)
            yield break;
        foreach (var token in request?[member]?.AsArray() ?? [])
            yield return Of((string)token!);
    }

    /// <summary>A token, or TOKEN@OFFSET.</summary>
    private (int Partition, long Next) Of(string text)
    {
        var at = text.LastIndexOf('@');
        lock (gate)
        {
            var (partition, next) = tokens[at < 0 ? text : text[..at]];
            return (partition, at < 0 ? next : long.Parse(text[(at + 1)..], CultureInfo.InvariantCulture));
        }
    }
}
