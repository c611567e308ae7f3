using FuncQueue.Engine;
using FuncQueue.Functions.Http;
using FuncQueue.Functions.Sqs.Access;
using FuncQueue.Functions.Sqs.Errors;
using FuncQueue.Functions.Sqs.Protocol;

namespace FuncQueue.Functions.Sqs.Queues;

/// <summary>URLs and ARNs of queues: <c>https://host/000000000000/orders</c>, <c>arn:aws:sqs:us-east-1:000000000000:orders</c>.</summary>
/// <param name="Base">The address of the app as the caller reached it, without a slash at its end.</param>
internal sealed record SqsAddress(string Base, string Region, string AccountId)
{
    /// <summary>The path of the endpoint of old, without slashes; the endpoint is the app's root, too.</summary>
    public const string Path = "sqs";

    /// <summary>
    /// The route of the root: one part that is empty. The worker puts a slash before every route, and takes no two together, while the
    /// Functions host takes the function's name for a route that is empty.
    /// </summary>
    public const string Root = "{root:maxlength(0)?}";

    public static SqsAddress Of(HttpRequest request, SqsOptions options) =>
        new(CallerAddress.Root(request), options.Region, options.AccountId);

    public string UrlOf(QueueName queue) => $"{Base}/{AccountId}/{queue}";

    public string ArnOf(QueueName queue) => $"arn:aws:sqs:{Region}:{AccountId}:{queue}";

    /// <summary>
    /// The queue of a URL, of whatever host: queues are known under several. An account and a name alone, or a name alone, will do, as
    /// some clients send them.
    /// </summary>
    public SqsQueueReference Parse(string url)
    {
        var path = url;
        if (url.Contains("://", StringComparison.Ordinal))
        {
            if (!Uri.TryCreate(url, UriKind.Absolute, out var uri) || uri.Scheme is not ("http" or "https"))
                return new SqsQueueReference(null, SqsErrors.InvalidAddress(url));
            path = uri.AbsolutePath;
        }

        var segments = path.Split('/', StringSplitOptions.RemoveEmptyEntries);
        return segments switch
        {
            [] => new SqsQueueReference(null, SqsErrors.InvalidAddress(url)),
            [Path] when path != Path => new SqsQueueReference(null, SqsErrors.InvalidAddress(url)),
            [var name] => Named(name),
            [Path, var name] => Named(name),
            _ => segments[^2] == AccountId ? Named(segments[^1]) : new SqsQueueReference(null, SqsErrors.QueueDoesNotExist),
        };
    }

    /// <summary>The queue of an ARN of this account and region; null for anything else.</summary>
    public QueueName? ParseArn(string arn)
    {
        var prefix = $"arn:aws:sqs:{Region}:{AccountId}:";
        return arn.StartsWith(prefix, StringComparison.Ordinal) && QueueName.TryParse(arn[prefix.Length..], out var queue) ? queue : null;
    }

    /// <summary>Why an ARN of a queue names none of these: it is of another region or account. Null when it is not that.</summary>
    public string? Foreign(string arn)
    {
        if (arn.Split(':') is not ["arn", _, "sqs", var region, var account, _])
            return null;
        if (region != Region)
            return $"The region of the queues here is {Region} (setting {SqsOptions.Section}__{nameof(SqsOptions.Region)}), not "
                + $"{XmlText.Clean(region)}.";
        return account == AccountId
            ? null
            : $"The account of the queues here is {AccountId} (setting {SqsOptions.Section}__{nameof(SqsOptions.AccountId)}), "
                + $"not {XmlText.Clean(account)}.";
    }

    private static SqsQueueReference Named(string name) =>
        QueueName.TryParse(name, out var queue)
            ? new SqsQueueReference(queue, null)
            : new SqsQueueReference(null, SqsErrors.QueueDoesNotExist);
}

/// <summary>The queue that a request names, or why it names none.</summary>
internal sealed record SqsQueueReference(QueueName? Queue, SqsError? Error);
