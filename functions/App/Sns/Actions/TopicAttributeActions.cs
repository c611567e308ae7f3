using FuncQueue.Engine.Topics;
using FuncQueue.Functions.Sns.Errors;
using FuncQueue.Functions.Sns.Topics;
using FuncQueue.Functions.Sqs;
using FuncQueue.Functions.Sqs.Protocol;

namespace FuncQueue.Functions.Sns.Actions;

/// <summary>Reading and setting the attributes of a topic.</summary>
internal sealed class TopicAttributeActions(TopicEngine topics, TopicEditor editor)
{
    public async Task<SqsAnswer> GetAsync(SnsCall call, CancellationToken cancellationToken)
    {
        var (topic, error) = call.Topic("TopicArn");
        if (topic is null)
            return error!;
        if (!(await topics.GetTopicAsync(topic, cancellationToken)).TryGetValue(out var status, out var failure))
            return SnsErrors.From(failure);
        if (!(await topics.ListSubscriptionsAsync(topic, cancellationToken)).TryGetValue(out var subscriptions, out failure))
            return SnsErrors.From(failure);
        return SqsAnswer.Success(output =>
            output.Map(
                "Attributes",
                "entry",
                TopicView
                    .All(status.Topic, subscriptions.Count, call.Address)
                    .Where(a => XmlText.IsValid(a.Value))
                    .OrderBy(a => a.Key, StringComparer.Ordinal)
            )
        );
    }

    public async Task<SqsAnswer> SetAsync(SnsCall call, CancellationToken cancellationToken)
    {
        var (topic, error) = call.Topic("TopicArn");
        if (topic is null)
            return error!;
        var name = call.Input.Text("AttributeName") ?? "";
        var value = call.Input.Text("AttributeValue") ?? "";
        if (call.Fault is { } fault)
            return fault;
        if (name.Length == 0)
            return SnsErrors.MissingParameter("AttributeName");
        error = await editor.ChangeAsync(
            topic,
            there => TopicAttributeSetter.Set(topic, there.Settings, name, value, isNew: false),
            cancellationToken
        );
        return error is null ? SqsAnswer.Empty : error;
    }
}
