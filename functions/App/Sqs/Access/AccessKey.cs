using Microsoft.Extensions.Configuration;

namespace FuncQueue.Functions.Sqs;

/// <summary>An access key: who signs with its secret has its rights on the queues of its pattern.</summary>
internal sealed class AccessKey
{
    private AccessKey(string id, string secret, SqsCaller caller)
    {
        Id = id;
        Secret = secret;
        Caller = caller;
    }

    public string Id { get; }

    /// <summary>Never shown, logged or sent.</summary>
    public string Secret { get; }

    /// <summary>Who signs with this key.</summary>
    public SqsCaller Caller { get; }

    /// <summary>Reads <c>AccessKeyId</c>, <c>SecretAccessKey</c>, <c>Rights</c> and <c>Queues</c> (all, if left out).</summary>
    public static AccessKey Read(IConfigurationSection section)
    {
        var id = section["AccessKeyId"];
        if (string.IsNullOrEmpty(id) || id.Length > 128 || !id.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.'))
            throw Wrong("AccessKeyId", "must be 1 to 128 of A-Z a-z 0-9 - _ .");
        var secret = section["SecretAccessKey"];
        if (secret is not { Length: >= 16 })
            throw Wrong("SecretAccessKey", "must be at least 16 characters");
        var rights = SqsRights.None;
        foreach (var name in (section["Rights"] ?? "").Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            rights |= name.ToLowerInvariant() switch
            {
                "send" => SqsRights.Send,
                "receive" => SqsRights.Receive,
                "manage" => SqsRights.Manage,
                _ => throw Wrong("Rights", "must be send, receive and manage, or some of them, separated by commas"),
            };
        }

        if (rights == SqsRights.None)
            throw Wrong("Rights", "must name at least one of send, receive and manage");
        if (!QueuePattern.TryParse(section["Queues"] ?? "*", out var queues))
            throw Wrong("Queues", "must be names or patterns of queues, separated by commas");
        return new AccessKey(id, secret, new SqsCaller(id, rights, queues));

        ArgumentException Wrong(string setting, string rule) => SqsOptions.Wrong($"Keys:{section.Key}:{setting}", rule);
    }
}
