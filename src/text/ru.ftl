# Всё, что говорит бот, по-русски. https://projectfluent.org/fluent/guide/
#
# HTML Телеграма: только <b>, <i> и <code>. Всё, что набрали люди, приходит уже экранированным. Команда, которую можно отправить
# как есть, стоит без разметки, чтобы Телеграм сделал из неё ссылку; команда со словами стоит в <code>, чтобы касание её копировало.

## Даты и время

weekday-1 = пн
weekday-2 = вт
weekday-3 = ср
weekday-4 = чт
weekday-5 = пт
weekday-6 = сб
weekday-7 = вс

month-1 = января
month-2 = февраля
month-3 = марта
month-4 = апреля
month-5 = мая
month-6 = июня
month-7 = июля
month-8 = августа
month-9 = сентября
month-10 = октября
month-11 = ноября
month-12 = декабря

moment = { $weekday }, { $day } { $month } { $year }, { $time }
moment-in-zone = { $moment } { $zone }
# Число секунд, которого нет ни в одном календаре.
moment-unknown = время Unix { $seconds }

now = сейчас
in-minutes = { $n ->
    [one] через { $n } минуту
    [few] через { $n } минуты
   *[other] через { $n } минут
}
in-hours = { $n ->
    [one] через { $n } час
    [few] через { $n } часа
   *[other] через { $n } часов
}
in-days = { $n ->
    [1] завтра
    [2] послезавтра
    [one] через { $n } день
    [few] через { $n } дня
   *[other] через { $n } дней
}
in-months = { $n ->
    [one] через { $n } месяц
    [few] через { $n } месяца
   *[other] через { $n } месяцев
}
in-years = { $n ->
    [one] через { $n } год
    [few] через { $n } года
   *[other] через { $n } лет
}
ago-minutes = { $n ->
    [one] { $n } минуту назад
    [few] { $n } минуты назад
   *[other] { $n } минут назад
}
ago-hours = { $n ->
    [one] { $n } час назад
    [few] { $n } часа назад
   *[other] { $n } часов назад
}
ago-days = { $n ->
    [1] вчера
    [2] позавчера
    [one] { $n } день назад
    [few] { $n } дня назад
   *[other] { $n } дней назад
}
ago-months = { $n ->
    [one] { $n } месяц назад
    [few] { $n } месяца назад
   *[other] { $n } месяцев назад
}
ago-years = { $n ->
    [one] { $n } год назад
    [few] { $n } года назад
   *[other] { $n } лет назад
}

due = срок: { $moment } ({ $relative })
overdue = <b>просрочено</b>: { $moment } ({ $relative })
moment-and-relative = { $moment } ({ $relative })

## Подтверждения

added = Добавлена <b>#{ $id }</b>
edited = Изменена <b>#{ $id }</b>
deleted = Удалена <b>#{ $id }</b>
deleted-next = Её история остаётся: <code>/history { $id }</code>
tracked = Теперь вы следите за <b>#{ $id }</b>
tracked-next = /my покажет, за чем вы здесь следите, <code>/untrack { $id }</code> прекратит.
untracked = Вы больше не следите за <b>#{ $id }</b>

field-value = { $field ->
    [text] текст
    [link] ссылка
   *[due] срок
}: { $value }
field-change = { $field ->
    [text] текст
    [link] ссылка
   *[due] срок
}: { $old } → { $new }
nothing = нет

note-due-not-understood = Срок в словах «{ $words }» не понят: они остались в тексте. Чтобы задать срок: <code>/edit { $id } завтра 18:00</code> или <code>/edit { $id } 31.12.2031</code>
note-due-not-understood-here = Срок в словах «{ $words }» не понят. Сроки пишут так: <code>завтра 18:00</code>, <code>31.12</code> или <code>2031-12-31</code>

note-forwarded = О том, что происходит на этой доске, узнают также { $places }. Так настроил владелец этого бота.

note-partial = Запись этого чата повреждена, так что здесь может быть не всё. Восстановить её должен владелец этого бота.

note-zone-assumed = Часовой пояс для этого чата не выбран, поэтому срок понят по времени { $zone }. Другой пояс можно выбрать по городу: <code>/timezone Москва</code>
note-zone-guess = Часовой пояс для этого чата не выбран, поэтому срок понят по времени { $zone }. Может быть, вам подходит { $guess }? Тогда отправьте <code>/timezone { $guess }</code> или назовите другой город.

## Списки

list-title = { $scope ->
    [group] <b>{ $total ->
        [one] { $total } задача
        [few] { $total } задачи
       *[other] { $total } задач
    }</b>
    [tracked] <b>Вы следите за { $total ->
        [one] { $total } задачей
       *[other] { $total } задачами
    }</b>
   *[own] <b>У вас { $total ->
        [one] { $total } задача
        [few] { $total } задачи
       *[other] { $total } задач
    }</b>
}
list-entry = <b>#{ $id }</b> { $text }
list-creator = от { $name }
list-zone = время: { $zone }
list-page = страница { $page } из { $pages }
list-page-next = страница { $page } из { $pages }, <code>{ $command }</code>
list-empty-group =
    Здесь ещё нет задач. Добавьте первую:
    { example-add }
list-empty-own =
    У вас ещё нет задач. Добавьте первую:
    { example-add }
list-empty-tracked = Вы ни за чем здесь не следите. /bounty покажет все задачи, <code>/track 3</code> — следить за #3.

## История

history-title = <b>История #{ $id }</b>, время: { $zone }
history-omitted = { $count ->
    [one] Ещё { $count } более раннее изменение сюда не поместилось; на сервере его покажет <code>bounty history</code>.
    [few] Ещё { $count } более ранних изменения сюда не поместились; на сервере их покажет <code>bounty history</code>.
   *[other] Ещё { $count } более ранних изменений сюда не поместились; на сервере их покажет <code>bounty history</code>.
}
history-entry = <b>{ $moment }</b> { $who }: { $event ->
    [BountyAdded] задача добавлена
    [BountyEdited] задача изменена
    [BountyDeleted] задача удалена
    [Tracked] начато отслеживание
    [Untracked] отслеживание прекращено
   *[other] изменение ({ $event })
} (seq { $seq })
history-operator = оператор { $name }
history-system = программа
history-foot =
    Последнее событие доски: seq { $seq }, head
    <code>{ $head }</code>

## Отказы

refused-unknown = Задачи <b>#{ $id }</b> здесь нет. /bounty покажет все задачи с их номерами.
refused-deleted = Задача <b>#{ $id }</b> удалена. Какой она была и кто её удалил: <code>/history { $id }</code>
refused-not-creator = Изменить или удалить <b>#{ $id }</b> может только тот, кто её добавил: { $creator }. Попросите об этом или добавьте свою задачу: /add
refused-text-too-long = { $characters ->
    [one] В тексте { $characters } символ
    [few] В тексте { $characters } символа
   *[other] В тексте { $characters } символов
}, а можно не больше { $limit }. { $excess ->
    [one] Сократите его на { $excess } символ
    [few] Сократите его на { $excess } символа
   *[other] Сократите его на { $excess } символов
} и отправьте снова.
refused-text-missing =
    Задаче нужен текст. Например:
    { example-add }
refused-link-scheme =
    Хранить можно только ссылки http и https, а это другая:
    <code>{ $link }</code>
    Отправьте команду снова со ссылкой https или без ссылки.
refused-link-invalid =
    Это не полная ссылка:
    <code>{ $link }</code>
    Отправьте команду снова со ссылкой вроде <code>https://example.com/1</code> или без ссылки.
refused-link-too-long = В ссылке может быть не больше { $limit } символов, а эта длиннее. Отправьте команду снова со ссылкой покороче или без неё.
refused-due-past = { $moment } ({ $relative }) — это уже прошло. Отправьте команду снова с более поздним сроком: например, <code>завтра 18:00</code> или <code>через 3 дня</code>
refused-due-range = Такого срока нет в календаре: годы бывают до 9999. Отправьте команду снова с датой вроде <code>31.12.2031</code>
refused-too-many = Доска заполнена: на ней помещается { $limit } задач. Удалите сделанную, например <code>/delete 3</code>, и добавьте свою снова.
refused-too-much-text = Доска заполнена: всем её текстам вместе отведено { $megabytes } МБ. Удалите сделанную задачу, например <code>/delete 3</code>, или отправьте текст покороче.
refused-nothing-changed = Задача <b>#{ $id }</b> уже такая, ничего не изменено. Что с ней было: <code>/history { $id }</code>
refused-already-tracked = Вы уже следите за <b>#{ $id }</b>. /my покажет, за чем вы здесь следите.
refused-not-tracked = Вы не следите за <b>#{ $id }</b>, прекращать нечего. /my покажет, за чем вы здесь следите.
refused-tracking-in-private = Здесь все задачи ваши, следить за ними незачем: /bounty покажет их. Отслеживание — для групп.
refused-chat-cannot-track = Здесь вы пишете от имени группы или канала, а следить за задачами может только человек. Напишите от своего имени и отправьте снова.
refused-operator = Оператор может изменять и удалять любые задачи, но не добавлять их и не следить за ними. Это может <code>bounty shell</code> без <code>--operator</code>.
refused-no-page = Страницы { $page } нет. Последняя — <code>{ $command }</code>
refused-only-page = Страницы { $page } нет: всё, что есть, показывает { $command }
refused-language =
    Языка «{ $typed }» я не знаю.
    { language-choices }
refused-timezone =
    Часового пояса или города «{ $typed }» я не знаю. Назовите большой город поблизости.
    { timezone-choices }

## Набранное не понято

usage-add =
    Что нужно сделать? Отправьте текст; за ним могут идти ссылка и срок:
    { example-add }
usage-add-only-link =
    Кроме ссылки задаче нужен текст. Например:
    { example-add }
usage-edit =
    Укажите, какую задачу и что в ней изменить: текст, ссылку или срок. Например:
    { example-edit }
    <code>/edit 3 https://example.com/2</code>
    <code>/edit 3 завтра 18:00</code>
    <code>/edit 3 ссылка:нет срок:нет</code>
    /bounty покажет номера.
usage-delete =
    Укажите номер задачи, которую нужно удалить. Например:
    { example-delete }
    /bounty покажет номера.
usage-track =
    Укажите номер задачи, за которой нужно следить. Например:
    { example-track }
    /bounty покажет номера.
usage-untrack =
    Укажите номер задачи, за которой больше не нужно следить. Например:
    { example-untrack }
    /my покажет, за чем вы здесь следите.
usage-history =
    Укажите номер задачи, историю которой нужно показать; она есть и у удалённых. Например:
    { example-history }
    /bounty покажет номера.
usage-list = Страницы — это числа от 1: /bounty или <code>/bounty 2</code>
usage-mine = Страницы — это числа от 1: /my или <code>/my 2</code>
usage-due-not-understood = Срок в словах «{ $words }» не понят, ничего не изменено. Сроки пишут так: <code>завтра 18:00</code>, <code>31.12</code> или <code>2031-12-31</code>; <code>срок:нет</code> убирает срок.
unknown-command = Такой команды я не знаю. /help покажет те, что знаю.
no-command = Команды начинаются с косой черты: /help покажет их.
edited-message = Правка сообщения здесь ничего не меняет. Отправьте команду новым сообщением.
button-foreign = Это чужой список. Свой покажет /my.
button-outdated = Эта кнопка устарела. Пожалуйста, отправьте команду снова.

message-edited =
    Правка сообщения ничего не меняет на доске. Чтобы изменить <b>#{ $id }</b>, отправьте
    <code>/edit { $id } { $arguments }</code>
message-edited-general =
    Правка сообщения ничего не меняет на доске. Чтобы изменить задачу, отправьте
    <code>/edit { $id } Новый текст</code>
note-left-out-stays = Чего в этой строке нет, то останется: <code>ссылка:нет</code> и <code>срок:нет</code> в её конце уберут ссылку и срок.
note-add-anew =
    Если задачи из него не вышло, отправьте его новым сообщением:
    <code>/add { $arguments }</code>
note-add-anew-general = Если задачи из него не вышло, отправьте его новым сообщением.
message-edited-id = Вместо &lt;id&gt; поставьте номер задачи: /bounty покажет номера.

## Что-то не так с самим ботом

trouble-damaged = Запись этого чата повреждена, и пока владелец бота её не восстановит, ничего изменить нельзя. То, что есть, можно прочесть: /bounty
trouble-foreign = На месте этого чата на сервере лежат файлы другой программы, ничего не изменено. Пожалуйста, сообщите владельцу этого бота.
trouble-busy = Доска занята, ничего не изменено. Пожалуйста, отправьте снова чуть позже.
trouble-storage = Диск сервера переполнен или неисправен, ничего не изменено. Пожалуйста, отправьте снова позже, а если это не пройдёт, сообщите владельцу этого бота.
trouble-flood = Слишком много команд за одну минуту, поэтому эта не выполнена. { $seconds ->
    [one] Отправьте её снова через { $seconds } секунду
    [few] Отправьте её снова через { $seconds } секунды
   *[other] Отправьте её снова через { $seconds } секунд
}.
trouble-too-soon = Эта команда пришла слишком скоро после предыдущей и не выполнена. { $seconds ->
    [one] Отправьте её снова через { $seconds } секунду
    [few] Отправьте её снова через { $seconds } секунды
   *[other] Отправьте её снова через { $seconds } секунд
}.
trouble-internal = С этой командой что-то пошло не так. Прежде чем отправлять её снова, посмотрите в /bounty, выполнена ли она, а если это повторится, сообщите владельцу этого бота.

## Первые шаги

welcome-group =
    Добро пожаловать! Я веду доску задач этой группы: то, что нужно сделать, с текстом и, если хочется, со ссылкой и сроком. Добавить задачу может каждый:
    { example-add }
    /bounty покажет все, <code>/track 3</code> — следить за #3, /my покажет, за чем вы следите, /help — всё остальное.
welcome-private =
    Добро пожаловать! Здесь я веду вашу собственную доску задач: то, что нужно сделать, с текстом и, если хочется, со ссылкой и сроком. Добавьте задачу:
    { example-add }
    /bounty покажет ваши, /help — всё остальное. Я веду доски и для групп: добавьте меня в группу.
greeting = Здравствуйте! Я веду доску задач этой группы; /help расскажет как. Добавьте первую задачу: { example-add }
test-message = Это проверка: сообщения этого бота доходят до получателя «{ $name }».
forwarded-chat = чат «{ $name }»
forwarded-webhook = веб-хук «{ $name }»
forwarded-more = и ещё { $count }
merged = { $count ->
    [0] У этой группы новый номер, и под ним уже была доска. Задач на ней не было: /bounty покажет все, что есть.
    [one] У этой группы новый номер, и под ним уже была доска. С неё сюда перенесена { $count } задача, под новым номером: /bounty покажет все.
    [few] У этой группы новый номер, и под ним уже была доска. С неё сюда перенесены { $count } задачи, под новыми номерами: /bounty покажет все.
   *[other] У этой группы новый номер, и под ним уже была доска. С неё сюда перенесено { $count } задач, под новыми номерами: /bounty покажет все.
}

help-title = { $kind ->
    [group] <b>Доска задач этой группы</b>
   *[private] <b>Ваша доска задач</b>
}
help-command =
    { $example }
    { $description }
help-dates =
    <b>Срок</b> пишут последним, после ссылки или после слов <code>до</code>, <code>к</code> или <code>срок:</code>
    <code>завтра 18:00</code>, <code>пт</code>, <code>следующая пятница</code>, <code>через 3 дня</code>, <code>через час</code>, <code>31 января</code>, <code>31.12</code>, <code>31.12.2031 18:00</code>, <code>18:00</code>
help-zone = День без времени кончается в 23:59. Часовой пояс: { $zone }, сменить его: /timezone

example-add = <code>/add Починить вход https://example.com/1 завтра 18:00</code>
example-edit = <code>/edit 3 Новый текст</code>
example-delete = <code>/delete 3</code>
example-bounty = /bounty
example-track = <code>/track 3</code>
example-untrack = <code>/untrack 3</code>
example-my = /my
example-history = <code>/history 3</code>
example-language = /language
example-timezone = <code>/timezone Москва</code>
example-start = /start
example-help = /help

# Это Телеграм показывает в меню команд: простой текст, не больше 256 символов.
command-add = Добавить задачу; ссылка и срок не обязательны
command-edit = Изменить свою задачу: текст, ссылку или срок; «ссылка:нет» и «срок:нет» убирают их
command-delete = Удалить свою задачу
command-bounty = { $kind ->
    [group] Показать все задачи, сначала просроченные
   *[private] Показать ваши задачи, сначала просроченные
}
command-track = Следить за задачей
command-untrack = Больше не следить за задачей
command-my = { $kind ->
    [group] Показать задачи, за которыми вы следите
   *[private] Показать ваши задачи, то же, что /bounty
}
command-history = Показать, кто, когда и как менял задачу
command-language = Показать или выбрать язык этого чата
command-timezone = Показать или выбрать часовой пояс этого чата
command-start = Показать первые шаги
command-help = Показать команды с примерами

## Настройки чата

language-current = { $chosen ->
    [yes] Язык этого чата — <b>русский</b>.
   *[no] Здесь я отвечаю <b>по-русски</b>; язык для этого чата не выбран.
}
language-choices = Выбрать язык: <code>/language en</code> (English), <code>/language ru</code> (русский)
language-chosen = Теперь я отвечаю здесь <b>по-русски</b>. /language покажет другие языки.
commands-on = Бот отвечает в этом чате.
commands-off = Бот не отвечает в этом чате.
timezone-current = { $chosen ->
    [yes] Часовой пояс этого чата — <b>{ $zone }</b>, там сейчас { $now }.
   *[no] Время здесь — <b>{ $zone }</b>, там сейчас { $now }; часовой пояс для этого чата не выбран.
}
timezone-choices = Выбрать пояс по городу или названию: <code>/timezone Москва</code>, <code>/timezone Europe/Berlin</code>, <code>/timezone UTC+3</code>
timezone-chosen = Теперь часовой пояс этого чата — <b>{ $zone }</b>, там сейчас { $now }. Уже заданные сроки наступят в те же моменты.

## Уведомления

notify-title = <b>{ $title }</b>
notify-added = { $who }: добавлена <b>#{ $id }</b>
notify-edited = { $who }: изменена <b>#{ $id }</b>
notify-deleted = { $who }: удалена <b>#{ $id }</b>
notify-tracked = { $who }: начато отслеживание <b>#{ $id }</b>
notify-untracked = { $who }: отслеживание <b>#{ $id }</b> прекращено
notify-due-soon = Скоро срок <b>#{ $id }</b>: { $moment } ({ $relative })
notify-overdue = <b>#{ $id }</b> <b>просрочена</b>: { $moment } ({ $relative })
notify-forwarding-started = С этого момента о том, что происходит на доске этого чата, узнают также: { $names }. Так настроил владелец этого бота; /help показывает, куда это уходит.
notify-forwarding-stopped = О том, что происходит на доске этого чата, больше не узнают: { $names }.
