namespace FuncQueue.Functions.Sqs.Errors;

/// <summary>An error as SQS tells it: one name in the JSON protocol, another in the Query protocol, one HTTP status.</summary>
/// <param name="Status">The HTTP status.</param>
/// <param name="Type">The name in JSON's <c>__type</c>, with its namespace.</param>
/// <param name="Code">The code of the Query protocol, which JSON carries in the header <c>x-amzn-query-error</c>.</param>
/// <param name="Message">For people.</param>
internal sealed record SqsError(int Status, string Type, string Code, string Message)
{
    /// <summary>The message of the Query protocol, where it differs.</summary>
    public string? QueryMessage { get; init; }

    /// <summary>Whether the caller is at fault, rather than the service.</summary>
    public bool SenderFault => Status < 500;
}
