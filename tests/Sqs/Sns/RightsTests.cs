namespace FuncQueue.Sqs.Tests.Sns;

/// <summary>Who may do what over SNS: by the same keys and rights as elsewhere; and who one is, by STS.</summary>
public sealed class RightsTests(AppFixture app, LockedApp locked) : SnsTest(app), IClassFixture<LockedApp>
{
    private const string Prefix = "arn:aws:sns:eu-central-1:123456789012:";

    private SignedHttp Owner => new(locked.App.Address) { Service = "sns", Secret = LockedApp.Secret };

    [Fact]
    public async Task A_key_of_the_settings_does_what_its_rights_say_on_what_it_names()
    {
        var topic = Prefix + "rights";
        (await SnsAsync(Owner, "CreateTopic", ("Name", "rights"))).Element("CreateTopicResult", "TopicArn").ShouldBe(topic);
        (await SnsAsync(Owner, "Publish", ("TopicArn", topic), ("Message", "x"))).Code.ShouldBeNull();
        // Its queues do not name the topic.
        ShouldBeUnauthorized(await SnsAsync(Key("SENDER", "the secret of the sender"), "Publish", ("TopicArn", topic), ("Message", "x")));
        ShouldBeUnauthorized(await SnsAsync(Key("MANAGER", "the secret of the manager"), "CreateTopic", ("Name", "managed-x")));
        ShouldBeUnauthorized(await SnsAsync(Key("SENDER", "the secret of the sender"), "DeleteTopic", ("TopicArn", topic)));
    }

    [Fact]
    public async Task Keys_that_were_made_have_their_rights_on_topics_and_subscribing_needs_the_queue_too()
    {
        var keys = new KeyMaker(locked.App.Address, KeyMaker.HostKey);
        var topic = Prefix + "shared";
        (await SnsAsync(Owner, "CreateTopic", ("Name", "shared"))).Code.ShouldBeNull();
        await locked.Owner.CreateQueueAsync("shared-queue");
        var publisher = Key("publisher", await keys.MakeAsync("publisher", ["send"], ["topic:shared"]));
        var reader = Key("reader", await keys.MakeAsync("reader", ["inspect"], ["topic:shared"]));
        var manager = Key("manager-of-topic", await keys.MakeAsync("manager-of-topic", ["manage"], ["topic:shared"]));
        var both = Key("manager-of-both", await keys.MakeAsync("manager-of-both", ["manage"], ["topic:shared", "shared-*"]));
        (string, string)[] subscription =
        [
            ("TopicArn", topic),
            ("Protocol", "sqs"),
            ("Endpoint", "arn:aws:sqs:eu-central-1:123456789012:shared-queue"),
        ];
        (await SnsAsync(publisher, "Publish", ("TopicArn", topic), ("Message", "x"))).Code.ShouldBeNull();
        ShouldBeUnauthorized(await SnsAsync(publisher, "GetTopicAttributes", ("TopicArn", topic)));
        ShouldBeUnauthorized(await SnsAsync(publisher, "ListTopics"));
        (await SnsAsync(reader, "GetTopicAttributes", ("TopicArn", topic))).Code.ShouldBeNull();
        ShouldBeUnauthorized(await SnsAsync(reader, "Publish", ("TopicArn", topic), ("Message", "x")));
        (await SnsAsync(reader, "ListTopics")).Elements("ListTopicsResult", "Topics", "member").Select(m => m.Value).ShouldBe([topic]);
        ShouldBeUnauthorized(await SnsAsync(manager, "Subscribe", subscription));
        ShouldBeUnauthorized(await SnsAsync(reader, "Subscribe", subscription));
        (await SnsAsync(both, "Subscribe", subscription)).Code.ShouldBeNull();
        (await SnsAsync(reader, "ListSubscriptions")).Elements("ListSubscriptionsResult", "Subscriptions", "member").Count().ShouldBe(1);
    }

    [Fact]
    public async Task A_signature_is_good_for_the_service_that_it_is_scoped_to_alone()
    {
        // An action of the other service is none of this one's.
        ShouldFail(await Owner.QueryAsync("Action=ListQueues&Version=2012-11-05"), "InvalidAction");
        var sqs = new SignedHttp(locked.App.Address) { Secret = LockedApp.Secret };
        ShouldFail(await sqs.QueryAsync("Action=ListTopics&Version=2010-03-31"), "InvalidAction");
        ShouldFail(await Owner.JsonAsync("ListQueues", "{}"), "SignatureDoesNotMatch", HttpStatusCode.Forbidden);
        ShouldFail(
            await new SignedHttp(locked.App.Address) { Secret = LockedApp.Secret, Service = "s3" }.QueryAsync("Action=ListTopics"),
            "SignatureDoesNotMatch",
            HttpStatusCode.Forbidden
        );
        ShouldFail(await SnsAsync(Key("AKIDEXAMPLE", "another secret"), "ListTopics"), "SignatureDoesNotMatch", HttpStatusCode.Forbidden);
        ShouldFail(
            await SnsAsync(
                new SignedHttp(locked.App.Address) { Tamper = r => r.Headers.Remove("Authorization") },
                "Unsubscribe",
                ("SubscriptionArn", Prefix + "a:b")
            ),
            "MissingAuthenticationToken",
            HttpStatusCode.Forbidden
        );
    }

    [Fact]
    public async Task STS_tells_who_signs_and_nothing_else()
    {
        var sts = new SignedHttp(locked.App.Address)
        {
            Service = "sts",
            KeyId = "SENDER",
            Secret = "the secret of the sender",
        };
        var reply = await sts.QueryAsync("Action=GetCallerIdentity&Version=2011-06-15");
        reply.Element("GetCallerIdentityResult", "Arn").ShouldBe("arn:aws:iam::123456789012:user/SENDER");
        reply.Element("GetCallerIdentityResult", "Account").ShouldBe("123456789012");
        ShouldFail(await sts.QueryAsync("Action=AssumeRole&Version=2011-06-15"), "InvalidAction");
        var anybody = new SignedHttp(App.App.Address) { Tamper = r => r.Headers.Remove("Authorization") };
        (await anybody.QueryAsync("Action=GetCallerIdentity")).Element("GetCallerIdentityResult", "UserId").ShouldBe("anonymous");
    }

    [Fact]
    public async Task Without_a_signature_the_version_or_the_action_tells_which_service_is_asked()
    {
        var unsigned = new SignedHttp(App.App.Address) { Tamper = r => r.Headers.Remove("Authorization") };
        (await unsigned.QueryAsync("Action=ListTopics")).Elements("ListTopicsResult", "Topics").ShouldHaveSingleItem();
        (await unsigned.QueryAsync("Action=ListQueues")).Code.ShouldBeNull();
        ShouldFail(await unsigned.QueryAsync("Action=AddPermission&TopicArn=x"), "InvalidParameter");
        ShouldFail(await unsigned.QueryAsync("Action=AddPermission&Version=2010-03-31"), "InvalidParameter");
        ShouldFail(await unsigned.QueryAsync("Action=AddPermission"), "MissingParameter");
        foreach (var action in new[] { "CreatePlatformApplication", "ConfirmSubscription", "SetSMSAttributes" })
            ShouldFail(await SnsAsync(action), "InvalidAction");
    }

    private SignedHttp Key(string id, string secret) =>
        new(locked.App.Address)
        {
            Service = "sns",
            KeyId = id,
            Secret = secret,
        };

    private static void ShouldBeUnauthorized(SqsReply reply) => ShouldFail(reply, "AuthorizationError", HttpStatusCode.Forbidden);
}
