using FuncQueue.Functions.Access;
using FuncQueue.Functions.Sqs;
using FuncQueue.Functions.Sqs.Errors;
using FuncQueue.Functions.Sqs.Protocol;
using FuncQueue.Functions.Sqs.Queues;

namespace FuncQueue.Functions.Sns.Actions;

/// <summary>The one action of STS, which frameworks ask before they begin: who signs, and of which account.</summary>
internal static class CallerIdentity
{
    public const string Action = "GetCallerIdentity";

    public static SqsAnswer Answer(string action, Caller caller, SqsAddress address) =>
        action == Action
            ? SqsAnswer.Success(output =>
            {
                var name = ReferenceEquals(caller, Caller.Anybody) ? "anonymous" : caller.Name;
                output.Text("Arn", $"arn:aws:iam::{address.AccountId}:user/{name}");
                output.Text("UserId", name);
                output.Text("Account", address.AccountId);
            })
            : SqsErrors.UnknownAction(XmlText.Clean(action));
}
