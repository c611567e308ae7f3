using FuncQueue.Functions.Access;
using FuncQueue.Functions.Settings;
using Microsoft.Extensions.Configuration;

namespace FuncQueue.Functions.Sqs.Access;

/// <summary>An access key: who signs with its secret has its rights on the queues of its pattern.</summary>
internal sealed class AccessKey
{
    private AccessKey(string id, string secret, Caller caller)
    {
        Id = id;
        Secret = secret;
        Caller = caller;
    }

    public string Id { get; }

    /// <summary>Never shown, logged or sent.</summary>
    public string Secret { get; }

    /// <summary>Who signs with this key.</summary>
    public Caller Caller { get; }

    /// <summary>Reads <c>AccessKeyId</c>, <c>SecretAccessKey</c>, <c>Rights</c> and <c>Queues</c> (all, if left out).</summary>
    public static AccessKey Read(IConfigurationSection section)
    {
        var id = section["AccessKeyId"];
        if (string.IsNullOrEmpty(id) || id.Length > 128 || !id.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.'))
            throw Wrong("AccessKeyId", "must be 1 to 128 of A-Z a-z 0-9 - _ .");
        var secret = section["SecretAccessKey"] ?? "";
        if (SecretRule.Fault(secret) is { } fault)
            throw Wrong("SecretAccessKey", fault);
        var rights = Rights.None;
        foreach (var name in (section["Rights"] ?? "").Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            rights |= name.ToLowerInvariant() switch
            {
                "send" => Rights.Send,
                "receive" => Rights.Receive,
                // Neither to send nor to receive: a key that was given one right alone has not got more since.
                "manage" => Rights.Manage | Rights.Redrive,
                _ => throw Wrong("Rights", "must be send, receive and manage, or some of them, separated by commas"),
            };
        }

        if (rights == Rights.None)
            throw Wrong("Rights", "must name at least one of send, receive and manage");
        if (Patterns(section["Queues"] ?? "*") is not { Count: > 0 } queues)
            throw Wrong("Queues", "must be names or patterns of queues, separated by commas");
        return new AccessKey(id, secret, new Caller(id, Grant.Exactly(rights | Rights.Inspect, queues)) { IsOfSettings = true });

        ArgumentException Wrong(string setting, string rule) => SqsOptions.Wrong($"Keys:{section.Key}:{setting}", rule);
    }

    /// <summary>The patterns of a list separated by commas; null: one is none.</summary>
    private static List<ResourcePattern>? Patterns(string text)
    {
        var patterns = new List<ResourcePattern>();
        foreach (var part in text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            if (!ResourcePattern.TryParse(part, out var pattern))
                return null;
            patterns.Add(pattern);
        }

        return patterns;
    }
}
